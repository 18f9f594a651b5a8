package protocol

import "fmt"

// article is a built-in type in a sentence.
func (b Builtin) article() string {
	switch b {
	case String:
		return "text"
	case Integer:
		return "an integer"
	default:
		return "a " + string(b)
	}
}

// jsonKind is what a value is, for people.
func jsonKind(v any) string {
	if n, ok := number(v); ok {
		return fmt.Sprintf("the number %v", n)
	}
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	default:
		return fmt.Sprintf("a Go %T", v)
	}
}
