package declared

import (
	"cmp"
	"encoding/json"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// entry is a piece of what was said in a thread, or the beginning of one.
type entry struct {
	thread  string
	opened  *opening // the thread begins anew
	message int      // pieces of one message have one number
	role    provider.Role
	part    provider.MessagePart
	aside   string // the block outside of which it does not count; empty = it does
	failed  bool   // it was cut
}

// opening is the step that opened a thread.
type opening struct {
	trigger, name string
	index         int
}

const startThread = "start-thread"

func threadName(thread string) string { return cmp.Or(thread, protocol.Main) }

// hear adds what a completed item says to the model, and marks where a message of people ends.
func (s *state) hear(item openapi.Item) {
	role := itemRole(item)
	if item.Audience != openapi.AudiencePeople {
		for _, c := range item.Content {
			if part, ok := heard(item, c.Part); ok {
				s.say(entry{thread: threadName(item.Thread), role: role, part: part, failed: item.Status == openapi.ItemStatusFailed})
			}
		}
	}
	if item.Kind == openapi.ItemKindMessage && role == provider.RoleUser && item.ItemID != "" {
		put(&s.marks, item.ItemID, len(s.said))
	}
}

func itemRole(item openapi.Item) provider.Role {
	switch {
	case item.Kind == openapi.ItemKindToolResult, item.Role != nil && *item.Role == openapi.ItemRoleUser:
		return provider.RoleUser
	case item.Role != nil && *item.Role == openapi.ItemRoleSystem:
		return provider.RoleSystem
	}
	return provider.RoleAssistant
}

// heard is a part of an item as the model hears it; false when it does not.
func heard(item openapi.Item, part openapi.Part) (provider.MessagePart, bool) {
	switch p := part.(type) {
	case openapi.TextPart:
		return provider.MessagePart{Text: p.Text}, item.Kind == openapi.ItemKindMessage && p.Text != ""
	case openapi.ReasoningPart:
		return provider.MessagePart{Reasoning: &provider.Reasoning{Text: p.Text, Metadata: metadataOf(p.Signature)}}, p.Signature != ""
	case openapi.ToolCallPart:
		return provider.MessagePart{ToolCall: calledAs(p)}, item.Kind == openapi.ItemKindToolCall
	case openapi.ToolResultPart:
		failed := item.Status == openapi.ItemStatusFailed
		return provider.MessagePart{ToolResult: &provider.ToolResult{CallID: p.CallID, Text: p.Output, IsError: failed}}, true
	}
	return provider.MessagePart{}, false
}

// calledAs is a call as the model made it.
func calledAs(p openapi.ToolCallPart) *provider.ToolCall {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(p.Arguments), &object) == nil && object != nil {
		return &provider.ToolCall{ID: p.CallID, Name: p.Name, Arguments: json.RawMessage(p.Arguments)}
	}
	return &provider.ToolCall{ID: p.CallID, Name: p.Name, Arguments: json.RawMessage("{}"), Malformed: cmp.Or(p.Arguments, "nothing")}
}

// say adds an entry to its message: what the model answers at once is one message, and so are the results of its calls.
func (s *state) say(e entry) {
	if b := s.run.block; b != nil && b.OutputToChat != nil && !*b.OutputToChat {
		e.aside = b.BlockID
	}
	e.message = len(s.said)
	if at := s.lastOf(e.thread); at >= s.run.from && at >= 0 && s.said[at].goesOn(e) {
		e.message = s.said[at].message
	}
	s.said = append(s.said, e)
	if s.run.id != "" {
		put(&s.marks, "msg_"+s.run.id, len(s.said))
	}
}

// lastOf is the place of the last entry of a thread; -1 when there is none.
func (s *state) lastOf(thread string) int {
	for i := len(s.said) - 1; i >= 0; i-- {
		if s.said[i].thread == thread {
			return i
		}
	}
	return -1
}

// goesOn says whether another entry is a piece of the same message.
func (e entry) goesOn(next entry) bool {
	bothAnswer := e.role == provider.RoleAssistant && next.role == provider.RoleAssistant
	bothResults := e.part.ToolResult != nil && next.part.ToolResult != nil
	return bothAnswer || bothResults
}
