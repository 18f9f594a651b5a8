package provider

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"testing"
)

// doneBy are the shortest whole answers.

var doneBy = map[string]string{
	"anthropic": "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n" +
		"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
	"openai": "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
	"other":  "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
}

// sent is the body of the request that a provider makes of r.

func sent(t *testing.T, name string, r Request) string {
	t.Helper()
	var body []byte
	p := serve(t, name+"/m", Config{}, func(w http.ResponseWriter, request *http.Request) {
		body, _ = io.ReadAll(request.Body)
		stream(doneBy[name])(w, request)
	})
	whole(t, p.Stream(t.Context(), r))
	return string(body)
}

// expect compares JSON, whatever the order of its members.

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got, want = sorted(t, got), sorted(t, want); got != want {
		t.Errorf("got %s\nnot %s", got, want)
	}
}

func sorted(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// everything is a request with all that there is.

func everything() Request {
	half := 0.5
	return Request{
		Model: "m", System: "Be brief.", Temperature: &half, MaxTokens: 100,
		Tools:  []Tool{weather, {Name: "ping"}},
		Output: &Output{Name: "Mood", Schema: json.RawMessage(`{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"string"}},"required":["z","a"],"additionalProperties":false}`)},
		Messages: []Message{
			{Role: RoleSystem, Parts: []MessagePart{{Text: "Be kind."}}},
			{Role: RoleUser, Parts: []MessagePart{{Text: "What is this?"}, {File: &File{MediaType: "image/png", Data: []byte("png")}}, {Text: " "}}},
			{Role: RoleAssistant, Parts: []MessagePart{
				{Reasoning: &Reasoning{Text: "hm", Metadata: Metadata{Provider: "anthropic", Signature: "sig"}}},
				{Reasoning: &Reasoning{Metadata: Metadata{Provider: "anthropic", Redacted: "dark"}}},
				{Reasoning: &Reasoning{Text: "cut"}}, {Reasoning: &Reasoning{Text: "unsigned", Metadata: Metadata{Provider: "anthropic"}}},
				{Reasoning: &Reasoning{Text: "hm", Metadata: Metadata{Provider: "other", Field: "reasoning"}}},
				{Text: "I look."},
				{ToolCall: &ToolCall{ID: "c1", Name: "get-weather", Arguments: json.RawMessage(`{"city":"Rome"}`)}},
				{ToolCall: &ToolCall{ID: "c2", Name: "ping", Arguments: json.RawMessage(`{}`)}},
			}},
			{Role: RoleUser, Parts: []MessagePart{
				{ToolResult: &ToolResult{CallID: "c1", Text: "sunny"}},
				{ToolResult: &ToolResult{CallID: "c2", Text: "", IsError: true}},
			}},
			{Role: RoleSystem, Parts: []MessagePart{{Text: "Hurry."}}},
			{Role: RoleUser},
		},
	}
}

func TestAnthropicRequest(t *testing.T) {
	t.Parallel()
	expect(t, sent(t, "anthropic", everything()), `{
		"max_tokens": 100,
		"messages": [
			{"content": [
				{"text": "What is this?", "type": "text"},
				{"source": {"data": "cG5n", "media_type": "image/png", "type": "base64"}, "type": "image"}
			], "role": "user"},
			{"content": [
				{"signature": "sig", "thinking": "hm", "type": "thinking"},
				{"data": "dark", "type": "redacted_thinking"},
				{"text": "I look.", "type": "text"},
				{"id": "c1", "input": {"city": "Rome"}, "name": "get-weather", "type": "tool_use"},
				{"id": "c2", "input": {}, "name": "ping", "type": "tool_use"}
			], "role": "assistant"},
			{"content": [
				{"tool_use_id": "c1", "is_error": false, "content": [{"text": "sunny", "type": "text"}], "type": "tool_result"},
				{"tool_use_id": "c2", "is_error": true, "type": "tool_result"}
			], "role": "user"},
			{"content": [{"text": "<system>\nHurry.\n</system>", "cache_control": {"type": "ephemeral"}, "type": "text"}], "role": "user"}
		],
		"model": "m",
		"temperature": 0.5,
		"output_config": {"format": {"schema": {"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "string"}}, "required": ["z", "a"], "additionalProperties": false}, "type": "json_schema"}},
		"system": [{"text": "Be brief.\n\nBe kind.", "cache_control": {"type": "ephemeral"}, "type": "text"}],
		"tools": [
			{"input_schema": {"type": "object", "properties": {"city": {"type": "string"}, "at": {"type": "string"}}, "required": ["city"]}, "name": "get-weather", "description": "Says what the weather is like."},
			{"input_schema": {"type": "object", "properties": {}}, "name": "ping"}
		],
		"stream": true
	}`)
}

func TestOpenAIRequest(t *testing.T) {
	t.Parallel()
	want := func(limit, reasoning string) string {
		return `{
			"messages": [
				{"content": "Be brief.", "role": "system"},
				{"content": "Be kind.", "role": "system"},
				{"content": [
					{"text": "What is this?", "type": "text"},
					{"image_url": {"url": "data:image/png;base64,cG5n"}, "type": "image_url"}
				], "role": "user"},
				{"content": "I look.", "tool_calls": [
					{"id": "c1", "function": {"arguments": "{\"city\":\"Rome\"}", "name": "get-weather"}, "type": "function"},
					{"id": "c2", "function": {"arguments": "{}", "name": "ping"}, "type": "function"}
				], "role": "assistant"` + reasoning + `},
				{"content": "sunny", "tool_call_id": "c1", "role": "tool"},
				{"content": "Error: ", "tool_call_id": "c2", "role": "tool"},
				{"content": "Hurry.", "role": "system"}
			],
			"model": "m",
			"` + limit + `": 100,
			"temperature": 0.5,
			"stream_options": {"include_usage": true},
			"response_format": {"json_schema": {"name": "Mood", "strict": true, "schema": {"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "string"}}, "required": ["z", "a"], "additionalProperties": false}}, "type": "json_schema"},
			"tools": [
				{"function": {"name": "get-weather", "description": "Says what the weather is like.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "at": {"type": "string"}}, "required": ["city"]}}, "type": "function"},
				{"function": {"name": "ping", "parameters": {"type": "object", "properties": {}}}, "type": "function"}
			],
			"stream": true
		}`
	}
	expect(t, sent(t, "openai", everything()), want("max_completion_tokens", ""))
	expect(t, sent(t, "other", everything()), want("max_tokens", `, "reasoning": "hm"`))
}

// A server that shows its reasoning gets it back while the model works on what the user said last.

// members are some of the members of an object.

func members(t *testing.T, object string, names ...string) string {
	t.Helper()
	var of map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &of); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(of, func(name string, _ json.RawMessage) bool { return !slices.Contains(names, name) })
	out, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
