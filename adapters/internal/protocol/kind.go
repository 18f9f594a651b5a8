package protocol

import (
	"encoding/json"
	"fmt"
	"math"
)

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

// number is a finite number's value.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	}
	return 0, false
}

// same compares plain values.
func same(v, constant any) bool {
	if n, ok := number(constant); ok {
		m, ok := number(v)
		return ok && m == n
	}
	switch constant := constant.(type) {
	case string:
		s, ok := v.(string)
		return ok && s == constant
	case bool:
		b, ok := v.(bool)
		return ok && b == constant
	}
	return false
}
