package declared

import (
	"encoding/json"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// toolCall calls a tool without asking the model, and keeps what it gave. A tool that failed gave {"error": WHY}, so that the
// steps behind can go by it.
func (t *turn) toolCall(b protocol.ToolCall) error {
	id := t.state.run.block.BlockID + "_call"
	if r, done := t.state.run.results[id]; done {
		return t.keep(b.Output, r)
	}
	if _, asked := t.state.run.requests[id]; asked {
		return errSuspended
	}
	arguments := b.Arguments(t.scope.lookup)
	if arguments == nil {
		arguments = map[string]any{}
	}
	if err := protocol.Check(arguments, t.agent.Tools[b.Tool].Parameters); err != nil {
		return faultf(codeValidation, "arguments of %s: %v", b.Tool, err)
	}
	encoded, err := json.Marshal(arguments)
	if err != nil {
		return err
	}
	err = t.call(adapters.ToolCall{
		ID: id, Name: b.Tool, Arguments: encoded, Source: openapi.ToolSourceBlock, OutputVariable: b.Output,
		BlockIndex: new(t.state.run.block.Index),
	})
	if err != nil {
		return err
	}
	return errSuspended
}

// keep stores a tool's result in a variable.
func (t *turn) keep(variable string, r openapi.ToolResolvedData) error {
	switch {
	case variable == "":
		return nil
	case r.Status != openapi.ToolStatusCompleted:
		encoded, err := json.Marshal(map[string]string{"error": errorText(r)})
		if err != nil {
			return err
		}
		return t.emit(openapi.VariableUpdated{Data: openapi.VariableUpdatedData{Name: variable, Value: encoded}})
	}
	return t.set(variable, decoded(r.Result))
}
