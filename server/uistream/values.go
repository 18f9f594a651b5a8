package uistream

import (
	"encoding/json"

	"github.com/parleyhq/parley/openapi"
)

// Resources folds a session's events to the values of its agent's resources, by name. Those that were never set are not in
// it, and a session that was restored begins anew: their defaults are the agent's to know.
type Resources map[string]json.RawMessage

// Add folds one event.
func (r Resources) Add(e openapi.Event) {
	switch d := e.Data.(type) {
	case openapi.ResourceUpdatedData:
		r[d.Name] = value(d.Value)
	case openapi.SessionRestoredData:
		clear(r)
	}
}

// Variables folds a session's events to the values of its agent's variables, as Resources does.
type Variables map[string]json.RawMessage

// Add folds one event.
func (v Variables) Add(e openapi.Event) {
	switch d := e.Data.(type) {
	case openapi.VariableUpdatedData:
		v[d.Name] = value(d.Value)
	case openapi.SessionRestoredData:
		clear(v)
	}
}
