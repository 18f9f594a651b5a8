package declared

import (
	"encoding/json"
	"fmt"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// setResource copies a variable to a resource, which must be of its type.
func (t *turn) setResource(b protocol.SetResource) error {
	field, known := t.agent.Resources.Get(b.Resource)
	if !known || field.Readonly {
		return faultf(codeProtocol, "resource %s is not one that the agent may write", b.Resource)
	}
	value, _ := t.scope.lookup(b.Value)
	if value != nil && field.Type != nil {
		if err := protocol.Check(value, field.Type); err != nil {
			return faultf(codeValidation, "resource %s: %v", b.Resource, err)
		}
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("resource %s: %w", b.Resource, err)
	}
	return t.emit(openapi.ResourceUpdated{Data: openapi.ResourceUpdatedData{Name: b.Resource, Value: encoded}})
}
