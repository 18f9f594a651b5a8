package server

import (
	"encoding/json"
	"maps"
	"net/http"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/uistream"
)

// agentSessionState is the full state of a session: its messages are those of two generations of clients.
type agentSessionState struct {
	ID        string                     `json:"id"`
	AgentID   string                     `json:"agentId"`
	Status    string                     `json:"status"`
	Input     map[string]any             `json:"input"`
	Variables map[string]json.RawMessage `json:"variables"`
	Resources map[string]json.RawMessage `json:"resources"`
	Messages  []uistream.ChatMessage     `json:"messages"`
	CreatedAt string                     `json:"createdAt"`
	UpdatedAt string                     `json:"updatedAt"`
}

func fullState(a session.AgentSession, v *view, e uistream.Era) agentSessionState {
	state := agentSessionState{
		ID: a.ID, AgentID: a.Agent, Status: string(openapi.AgentSessionStatusActive), Input: a.Input,
		Variables: values(a.Defaults.Variables, v.variables), Resources: values(a.Defaults.Resources, v.resources),
		Messages: uistream.ChatMessages(v.messages.List(e), e), CreatedAt: stamp(a.Created), UpdatedAt: stamp(a.Updated),
	}
	if state.Input == nil {
		state.Input = map[string]any{}
	}
	if state.Messages == nil {
		state.Messages = []uistream.ChatMessage{}
	}
	return state
}

// values are those that were set, and the defaults of the others.
func values(defaults, set map[string]json.RawMessage) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	maps.Copy(all, defaults)
	maps.Copy(all, set)
	return all
}

// VisitGetAgentSessionResponse implements the stub's response.
func (a agentSessionState) VisitGetAgentSessionResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	return json.NewEncoder(w).Encode(a)
}
