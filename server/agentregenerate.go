package server

import (
	"context"

	"github.com/parleyhq/parley/openapi"
)

// regenerateMessage is what useChat asks for to have its last message answered again. It then sends the messages up to that one.
const regenerateMessage = "regenerate-message"

// regenerated is what has to be dropped so that the last message can be answered again: it, and what came after it. useChat
// has ids of its own, so that the user's messages are counted. One that never came here is new: nothing is dropped for it.
func (s *Server) regenerated(ctx context.Context, id string, messages []openapi.Values, req openapi.TriggerRequest) (openapi.Rollback, error) {
	if len(req.ToolResults) > 0 {
		return openapi.Rollback{}, invalid("trigger: regenerate-message: the last message must be the user's")
	}
	a, err := s.cfg.Sessions.AgentSession(ctx, id)
	if err != nil {
		return openapi.Rollback{}, err
	}
	if !a.RollsBack {
		return openapi.Rollback{}, invalid("trigger: regenerate-message: agent " + a.Agent + " cannot take back what was said")
	}
	v, err := s.view(ctx, id)
	if err != nil {
		return openapi.Rollback{}, err
	}
	return before(v.messages.List(0), userMessages(messages)), nil
}

func userMessages(messages []openapi.Values) (n int) {
	for _, m := range messages {
		if m["role"] == string(openapi.UIMessageRoleUser) {
			n++
		}
	}
	return n
}

// before drops the nth of the user's messages and what comes after it.
func before(list []openapi.UIMessage, nth int) openapi.Rollback {
	var after *string
	for _, m := range list {
		if m.Role == openapi.UIMessageRoleUser {
			nth--
		}
		if nth == 0 {
			return openapi.Rollback{Set: true, After: after}
		}
		after = &m.ID
	}
	return openapi.Rollback{}
}
