package declared

import (
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
)

// Texts that are no one's words. Models want each call to be answered, and the last word to be the user's.
const (
	textCancelled = "The tool call was cancelled."
	textGoOn      = "Continue."
)

// opened is the step that opened a thread; false when none has. The main one is always open.
func (s *state) opened(thread string) (opening, bool) {
	for i := len(s.said) - 1; i >= 0; i-- {
		if e := s.said[i]; e.thread == thread && e.opened != nil {
			return *e.opened, true
		}
	}
	return opening{}, thread == protocol.Main
}

// entries are what counts in a thread now, by messages.
func (s *state) entries(thread string) [][]entry {
	var all [][]entry
	for _, e := range s.said {
		switch {
		case e.thread != thread || e.aside != "" && (s.run.block == nil || s.run.block.BlockID != e.aside):
		case e.opened != nil:
			all = nil
		case len(all) > 0 && all[len(all)-1][0].message == e.message:
			all[len(all)-1] = append(all[len(all)-1], e)
		default:
			all = append(all, []entry{e})
		}
	}
	return all
}

// conversation is a thread as its model gets it.
func (s *state) conversation(thread string) []provider.Message {
	var all []provider.Message
	messages := s.entries(thread)
	for i, m := range messages {
		if m[0].part.ToolResult != nil {
			continue // stands behind its call
		}
		results := resultsOf(messages[i+1:])
		said, answered := provider.Message{Role: m[0].role}, provider.Message{Role: provider.RoleUser}
		for _, e := range m {
			if c := e.part.ToolCall; c != nil {
				r := results[c.ID]
				if r == nil && e.failed {
					continue // it was never whole
				}
				answered.Parts = append(answered.Parts, provider.MessagePart{ToolResult: orCancelled(r, c.ID)})
			}
			said.Parts = append(said.Parts, e.part)
		}
		all = appendSaid(appendSaid(all, said), answered)
	}
	if len(all) == 0 || all[len(all)-1].Role != provider.RoleUser {
		all = append(all, provider.Message{Role: provider.RoleUser, Parts: []provider.MessagePart{{Text: textGoOn}}})
	}
	return all
}

func appendSaid(all []provider.Message, m provider.Message) []provider.Message {
	if len(m.Parts) == 0 {
		return all
	}
	return append(all, m)
}

// resultsOf are the results that come before the model speaks again.
func resultsOf(messages [][]entry) map[string]*provider.ToolResult {
	results := map[string]*provider.ToolResult{}
	for _, m := range messages {
		if m[0].role == provider.RoleAssistant {
			break
		}
		for _, e := range m {
			if r := e.part.ToolResult; r != nil {
				results[r.CallID] = r
			}
		}
	}
	return results
}

func orCancelled(r *provider.ToolResult, call string) *provider.ToolResult {
	if r == nil {
		return &provider.ToolResult{CallID: call, Text: textCancelled, IsError: true}
	}
	return r
}

// unanswered are the calls of the step's last answer that have no result yet.
func (s *state) unanswered(thread string) []provider.ToolCall {
	var calls []provider.ToolCall
	results := map[string]bool{}
	for _, e := range s.ofStep(thread) {
		switch {
		case e.part.ToolResult != nil:
			results[e.part.ToolResult.CallID] = true
		case e.part.ToolCall != nil:
			calls = append(calls, *e.part.ToolCall)
		}
	}
	var open []provider.ToolCall
	for _, c := range calls {
		if !results[c.ID] {
			open = append(open, c)
		}
	}
	return open
}

// rounds is how often the model has called tools in the step that runs.
func (s *state) rounds(thread string) int {
	messages := map[int]bool{}
	for _, e := range s.ofStep(thread) {
		if e.part.ToolCall != nil {
			messages[e.message] = true
		}
	}
	return len(messages)
}

// ofStep is what was said in a thread since the step that runs has begun.
func (s *state) ofStep(thread string) []entry {
	var all []entry
	for _, e := range s.said[min(s.run.from, len(s.said)):] {
		if e.thread == thread {
			all = append(all, e)
		}
	}
	return all
}
