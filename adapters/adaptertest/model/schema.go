package model

import (
	"encoding/json"
	"strings"
)

// schema is a JSON schema, in which a client says what form an answer is to have. Names of types are in any case.
type schema struct {
	Type       string
	Enum       []any
	Properties map[string]*schema
	Required   []string
}

// example is an answer that fits, as JSON: of several choices the first, and as little as possible. What agents ask is
// made so that this is the quiet answer: the user speaks next, a text is not to be changed, a loop is improbable (0). A
// whole number is 1, since scores begin there. It is empty when no form is asked for.
func (s *schema) example() string {
	if s == nil {
		return ""
	}
	data, _ := json.Marshal(s.value()) // came from JSON: cannot fail
	return string(data)
}

func (s *schema) value() any {
	switch {
	case s == nil:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch strings.ToLower(s.Type) {
	case "object":
		members := object{}
		for _, name := range s.Required {
			members[name] = s.Properties[name].value()
		}
		return members
	case "array":
		return []any{}
	case "integer":
		return 1
	case "number":
		return 0
	case "boolean":
		return false
	case "string":
		return ""
	}
	return nil
}
