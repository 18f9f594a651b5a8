package declared

import (
	"encoding/json"

	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// textNotKept stands for the result of a tool that nobody has kept.
const textNotKept = `"The result was not kept."`

// restore begins anew with messages that somebody has kept. Variables and resources have their defaults again.
func (s *state) restore(d openapi.SessionRestoredData) {
	s.said, s.marks, s.variables, s.resources, s.run = nil, nil, nil, nil, run{}
	if d.Input != nil {
		s.input = d.Input
	}
	for _, m := range d.Messages {
		role := provider.RoleAssistant
		if m.Role == openapi.UIMessageRoleUser {
			role = provider.RoleUser
		}
		s.run.from = len(s.said)
		for _, p := range m.Parts {
			s.restorePart(role, p)
		}
		put(&s.marks, m.ID, len(s.said))
	}
}

// restorePart takes over what the model can make use of. Reasoning is not: it comes without the provider's signature.
func (s *state) restorePart(role provider.Role, p openapi.UIPart) {
	e := entry{thread: threadName(p.Thread), role: role}
	switch p.Type {
	case "text":
		e.part.Text = p.Text
	case "object":
		e.part.Text = string(p.Object)
	case "tool-call":
		s.restoreCall(e, p)
		return
	}
	if e.part.Text != "" {
		s.say(e)
	}
}

func (s *state) restoreCall(e entry, p openapi.UIPart) {
	if p.ToolCallID == "" || p.ToolName == "" || s.calls[p.ToolCallID] && s.saidCall(p.ToolCallID) {
		return
	}
	put(&s.calls, p.ToolCallID, true)
	e.part.ToolCall = calledAs(openapi.ToolCallPart{Name: p.ToolName, CallID: p.ToolCallID, Arguments: string(p.Args)})
	s.say(e)
	result := provider.ToolResult{CallID: p.ToolCallID, Text: resultText(orNotKept(p.Result))}
	if p.Error != "" {
		result.Text, result.IsError = p.Error, true
	}
	s.say(entry{thread: e.thread, role: provider.RoleUser, part: provider.MessagePart{ToolResult: &result}})
}

func (s *state) saidCall(id string) bool {
	for _, e := range s.said {
		if e.part.ToolCall != nil && e.part.ToolCall.ID == id {
			return true
		}
	}
	return false
}

func orNotKept(result json.RawMessage) json.RawMessage {
	if len(result) == 0 {
		return json.RawMessage(textNotKept)
	}
	return result
}

// resultText is a tool's result as a model reads it: text as it is, anything else as JSON.
func resultText(result json.RawMessage) string {
	var text string
	if json.Unmarshal(result, &text) == nil && string(result) != "null" {
		return text
	}
	return string(result)
}
