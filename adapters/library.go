package adapters

import (
	"context"
	"errors"

	"github.com/parleyhq/parley/openapi"
)

// ErrNoDefinition says that there is no declared agent of an id.
var ErrNoDefinition = errors.New("no such agent definition")

// ErrDefinitionExists says that an agent of that slug is declared already.
var ErrDefinitionExists = errors.New("agent definition exists already")

// A DefinitionError refuses the definition of an agent, and says all that is wrong with it.
type DefinitionError struct{ Report openapi.AgentDefinitionReport }

func (e *DefinitionError) Error() string {
	if len(e.Report.Errors) == 0 {
		return "the definition is not valid"
	}
	return e.Report.Errors[0].Message
}

// A Library holds agents that are declared in files, which may change while the server runs. An agent's id is its slug. Its
// methods are safe for concurrent use.
type Library interface {
	// Adapters lists the agents that are declared without errors, by id.
	Adapters(ctx context.Context) []Adapter
	// Adapter finds one; false when there is none, or none without errors.
	Adapter(ctx context.Context, id string) (Adapter, bool)

	// Definitions lists what is declared, by id.
	Definitions(ctx context.Context) ([]openapi.AgentDefinitionSummary, error)
	// Definition gives an agent's files as they are. ErrNoDefinition.
	Definition(ctx context.Context, id string) (openapi.AgentDefinition, error)
	// Create writes a new agent and returns its id. ErrDefinitionExists, *DefinitionError.
	Create(ctx context.Context, r openapi.AgentDefinitionRequest) (id string, err error)
	// Update writes an agent's protocol and prompts anew. ErrNoDefinition, *DefinitionError.
	Update(ctx context.Context, id string, r openapi.AgentDefinitionUpdate) error
	// Validate says what is wrong with a definition, and writes nothing.
	Validate(ctx context.Context, r openapi.AgentDefinitionRequest) openapi.AgentDefinitionReport
}
