package server

import (
	"context"

	"github.com/parleyhq/parley/openapi"
)

// regenerateMessage is what useChat asks for to have its last message answered again. It then sends the messages up to that one.
const regenerateMessage = "regenerate-message"

// takenBack is what has to be dropped before a chat's last message is answered: a message of the user's, and what came after it.
// The message is found by its id alone, so that a page may send as many of the others as it likes. One that never came here is
// new: nothing is dropped for it.
func (s *Server) takenBack(ctx context.Context, id string, chat openapi.ChatRequest, req openapi.TriggerRequest) (openapi.Rollback, error) {
	message, err := replaced(chat, req)
	if err != nil || message == "" {
		return openapi.Rollback{}, err
	}
	a, err := s.cfg.Sessions.AgentSession(ctx, id)
	if err != nil {
		return openapi.Rollback{}, err
	}
	v, err := s.view(ctx, id)
	if err != nil {
		return openapi.Rollback{}, err
	}
	after, said := v.messages.Before(message)
	if !a.RollsBack && (said || chat.Trigger == regenerateMessage) {
		return openapi.Rollback{}, invalid("trigger: agent " + a.Agent + " cannot take back what was said")
	}
	return openapi.Rollback{Set: said, After: after}, nil
}

// replaced is the id of the message that is said once more, or that another one is said instead of; empty where there is none.
func replaced(chat openapi.ChatRequest, req openapi.TriggerRequest) (string, error) {
	again, results := chat.Trigger == regenerateMessage, len(req.ToolResults) > 0
	switch {
	case again && results:
		return "", invalid("trigger: regenerate-message: the last message must be the user's")
	case again && req.MessageID == "":
		return "", invalid("trigger: regenerate-message: the last message needs its id")
	case again:
		return req.MessageID, nil
	case results: // messageId is the answer's that goes on
		return "", nil
	}
	return chat.MessageID, nil
}
