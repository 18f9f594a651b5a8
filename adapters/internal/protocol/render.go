package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Render puts values into a prompt, which comes from Agent.Prompt: {{NAME}} becomes the variable's value. Text is put in as
// it is, anything else as JSON, objects and arrays over several lines. A variable without a value, or with null, becomes
// nothing, as in the first versions of the contract; later ones leave the placeholder. What stands in double braces and is no
// UPPER_SNAKE_CASE name stays, and so do placeholders in values.
func Render(prompt string, values Lookup) string {
	return tag.ReplaceAllStringFunc(prompt, func(found string) string {
		name := strings.Trim(found, "{}")
		if !upperSnake.matches(name) {
			return found
		}
		if v, ok := values(name); ok {
			return inserted(v)
		}
		return ""
	})
}

// inserted is a value as prompts have it.
func inserted(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
