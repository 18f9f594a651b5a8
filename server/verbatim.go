package server

import (
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"
)

// verbatim puts what may be any JSON value back as it came, with its keys in their order: it is not ours to write anew.
func verbatim(schema *openapi3.Schema, value any, data json.RawMessage) any {
	if anyValue(schema) {
		return data
	}
	switch v := value.(type) {
	case []any:
		var items []json.RawMessage
		if schema.Items == nil || json.Unmarshal(data, &items) != nil {
			return v
		}
		for i := range v {
			v[i] = verbatim(schema.Items.Value, v[i], items[i])
		}
	case map[string]any:
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			return v
		}
		for name := range v {
			if of := schema.Properties[name]; of != nil {
				v[name] = verbatim(of.Value, v[name], members[name])
			}
		}
	}
	return value
}

// anyValue says whether a schema allows everything.
func anyValue(s *openapi3.Schema) bool {
	return s.Type == nil && s.Enum == nil && len(s.Properties)+len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0
}

// holdsAnyValue says whether there is something for verbatim to do.
func holdsAnyValue(s *openapi3.Schema, seen map[*openapi3.Schema]bool) bool {
	if seen[s] || anyValue(s) {
		return !seen[s]
	}
	seen[s] = true
	if s.Items != nil && holdsAnyValue(s.Items.Value, seen) {
		return true
	}
	for _, of := range s.Properties {
		if holdsAnyValue(of.Value, seen) {
			return true
		}
	}
	return false
}
