package provider

import (
	"encoding/json"
	"slices"
)

// isNative says whether a provider can hold the model to the schema.
func (o *Output) isNative() bool {
	var root struct{ Type any }
	return o != nil && json.Unmarshal(o.Schema, &root) == nil && root.Type == "object"
}

// instructions ask for an output to which no provider can hold the model.
func (o *Output) instructions() string {
	if o == nil || o.isNative() {
		return ""
	}
	return "Answer with JSON only, without any text around it. It must fit this JSON schema:\n" + string(o.Schema)
}

// isStrict says whether every object in a schema has all its properties and no others, as OpenAI demands of schemas
// that it is to be strict about. It looks at every object in the JSON, which may take too much for a schema, never too little.
func isStrict(schema json.RawMessage) bool {
	var value any
	return json.Unmarshal(schema, &value) == nil && isStrictValue(value)
}

func isStrictValue(value any) bool {
	switch value := value.(type) {
	case []any:
		return !slices.ContainsFunc(value, func(v any) bool { return !isStrictValue(v) })
	case map[string]any:
		for _, member := range value {
			if !isStrictValue(member) {
				return false
			}
		}
		return isStrictObject(value)
	}
	return true
}

func isStrictObject(schema map[string]any) bool {
	if schema["type"] != "object" {
		return true
	}
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for name := range properties {
		if !slices.Contains(required, any(name)) {
			return false
		}
	}
	return schema["additionalProperties"] == false
}
