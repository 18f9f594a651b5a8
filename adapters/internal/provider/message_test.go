package provider

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestReasoningOfTheRunningTurn(t *testing.T) {
	t.Parallel()
	thinks := func(text string) Message {
		return Message{Role: RoleAssistant, Parts: []MessagePart{
			{Reasoning: &Reasoning{Text: text, Metadata: Metadata{Provider: "other", Field: "reasoning_content"}}},
			{ToolCall: &ToolCall{ID: text, Name: "ping", Arguments: json.RawMessage(`{}`)}},
		}}
	}
	result := Message{Role: RoleUser, Parts: []MessagePart{{ToolResult: &ToolResult{CallID: "x", Text: "pong"}}}}
	r := Request{Model: "m", Messages: []Message{
		userMessage("one"), thinks("a"), result, userMessage("two"), thinks("b"), result, thinks("c"), result,
	}}
	var body struct {
		Messages []struct {
			Reasoning string `json:"reasoning_content"`
		}
	}
	if err := json.Unmarshal([]byte(sent(t, "other", r)), &body); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range body.Messages {
		got = append(got, m.Reasoning)
	}
	if want := []string{"", "", "", "", "b", "", "c", ""}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestNothingToSend(t *testing.T) {
	t.Parallel()
	r := Request{Model: "m", Messages: []Message{{Role: RoleUser, Parts: []MessagePart{{}, {Text: "\n "}}}, {Role: RoleAssistant}, {Role: RoleSystem}}}
	expect(t, members(t, sent(t, "openai", r), "messages"), `{}`)
	expect(t, members(t, sent(t, "anthropic", r), "messages"), `{}`)
}

func TestMarkBehindReasoning(t *testing.T) {
	t.Parallel()
	r := Request{Model: "m", Tools: []Tool{weather}, Messages: []Message{userMessage("hi"), {Role: RoleAssistant, Parts: []MessagePart{
		{Reasoning: &Reasoning{Text: "hm", Metadata: Metadata{Provider: "anthropic", Signature: "sig"}}},
	}}}}
	if got := sent(t, "anthropic", r); strings.Count(got, "cache_control") != 1 || !strings.Contains(got, `"name":"get-weather","description"`) {
		t.Error(got)
	}
}
