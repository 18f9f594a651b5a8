package provider

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	call := &ToolCall{ID: "c", Name: "n", Arguments: json.RawMessage(`{}`)}
	messages := func(role Role, part MessagePart) Request {
		return Request{Model: "m", Messages: []Message{{Role: role, Parts: []MessagePart{part}}}}
	}
	cases := map[string]Request{
		"thinking":    {Thinking: "hard"},
		"tool":        {Tools: []Tool{{Name: "x", Schema: json.RawMessage(`[]`)}}},
		"output":      {Output: &Output{Name: "x", Schema: json.RawMessage(`{`)}},
		"role":        messages("robot", MessagePart{Text: "hi"}),
		"arguments":   messages(RoleAssistant, MessagePart{ToolCall: &ToolCall{ID: "c", Name: "n", Arguments: json.RawMessage(`{"a"`)}}),
		"user calls":  messages(RoleUser, MessagePart{ToolCall: call}),
		"system file": messages(RoleSystem, MessagePart{File: &File{}}),
		"model tells": messages(RoleAssistant, MessagePart{ToolResult: &ToolResult{}}),
	}
	for name, r := range cases {
		for _, provider := range []string{"anthropic", "openai"} {
			p := serve(t, provider+"/m", Config{}, func(http.ResponseWriter, *http.Request) { t.Error("was sent") })
			if _, err := failure(t, p.Stream(t.Context(), r)); err.Kind != KindValidation || err.Retryable {
				t.Errorf("%s: %+v", name, err)
			}
		}
	}
}
