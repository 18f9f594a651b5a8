package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/stub"
	"github.com/parleyhq/parley/server/uistream"
)

// VisitChatWithAgentSessionResponse implements the stub's response.
func (f stream) VisitChatWithAgentSessionResponse(w http.ResponseWriter) error { return f(w) }

// VisitResumeChatWithAgentSessionResponse implements the stub's response.
func (f stream) VisitResumeChatWithAgentSessionResponse(w http.ResponseWriter) error { return f(w) }

// ChatWithAgentSession implements the operation of this name.
func (s *Server) ChatWithAgentSession(ctx context.Context, r stub.ChatWithAgentSessionRequestObject) (stub.ChatWithAgentSessionResponseObject, error) {
	req, err := chatTrigger(r.Body.Messages)
	if err != nil {
		return nil, err
	}
	if err := s.chatSession(ctx, r.SessionID, *r.Body); err != nil {
		return nil, err
	}
	if req.Rollback, err = s.takenBack(ctx, r.SessionID, *r.Body, req); err != nil {
		return nil, err
	}
	return s.triggerUI(ctx, r.SessionID, req, aiSDK, session.Idempotency{})
}

// chatSession creates the session of a chat that says which agent it is with, unless it is there.
func (s *Server) chatSession(ctx context.Context, id string, req openapi.ChatRequest) error {
	if req.AgentID == "" {
		return nil
	}
	err := s.cfg.Sessions.CreateAgentSession(ctx, id, openapi.CreateAgentSessionRequest{AgentID: req.AgentID, Input: req.Input}, session.Idempotency{})
	if refused, ok := errors.AsType[*session.Error](err); ok && refused.Code == session.CodeSessionExists {
		return nil
	}
	return err
}

// ResumeChatWithAgentSession implements the operation of this name.
func (s *Server) ResumeChatWithAgentSession(ctx context.Context, r stub.ResumeChatWithAgentSessionRequestObject) (stub.ResumeChatWithAgentSessionResponseObject, error) {
	f, err := s.resumeUI(ctx, r.SessionID, uistream.ID{}, aiSDK)
	if f == nil && err == nil {
		return stub.ResumeChatWithAgentSession204Response{}, nil
	}
	return f, err
}

// chatMessage is a message as useChat sends it, as far as it is looked at.
type chatMessage struct {
	ID    string     `json:"id"`
	Role  string     `json:"role"`
	Parts []chatPart `json:"parts"`
}

type chatPart struct {
	Type       string          `json:"type"`
	Text       string          `json:"text"`
	ToolCallID string          `json:"toolCallId"`
	State      string          `json:"state"`
	Output     json.RawMessage `json:"output"`
	ErrorText  string          `json:"errorText"`
	Executed   bool            `json:"providerExecuted"` // by the agent itself
}

// chatTrigger is what the last message asks for: to answer the user, or to go on with what the tools gave.
func chatTrigger(messages []openapi.Values) (openapi.TriggerRequest, error) {
	var req openapi.TriggerRequest
	if len(messages) == 0 {
		return req, invalid("messages: at least one is required")
	}
	said, err := json.Marshal(messages[len(messages)-1])
	if err != nil {
		return req, err
	}
	var last chatMessage
	if err := json.Unmarshal(said, &last); err != nil {
		return req, invalid("messages: the last one is none of the AI SDK's")
	}
	if last.Role == "assistant" {
		req.ToolResults = last.results()
		if len(req.ToolResults) == 0 {
			return req, invalid("messages: the last one has no results of tools")
		}
		return req, nil
	}
	req.TriggerName, req.MessageID = "user-message", last.ID
	req.Input = map[string]any{"USER_MESSAGE": last.text()}
	return req, nil
}

func (m chatMessage) text() string {
	var texts []string
	for _, p := range m.Parts {
		if p.Type == "text" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// results are those of the last step: earlier ones were handed over.
func (m chatMessage) results() []openapi.ToolResult {
	var results []openapi.ToolResult
	for _, p := range m.Parts {
		switch {
		case p.Type == "step-start":
			results = nil
		case p.Executed:
		case p.State == "output-available":
			results = append(results, openapi.ToolResult{ToolCallID: p.ToolCallID, Result: p.Output})
		case p.State == "output-error":
			results = append(results, openapi.ToolResult{ToolCallID: p.ToolCallID, Error: &p.ErrorText})
		}
	}
	return results
}
