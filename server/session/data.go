package session

import (
	"encoding/json"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// data is what was said at a session's creation. It never changes; the store keeps it beside the log.
type data struct {
	Agent          string                       `json:"agent"`
	AgentMode      string                       `json:"agent_mode"`
	PermissionMode string                       `json:"permission_mode"`
	Model          string                       `json:"model,omitempty"`
	Variant        string                       `json:"variant,omitempty"`
	AgentVersion   string                       `json:"agent_version,omitempty"`
	Directory      string                       `json:"directory,omitempty"`
	Title          string                       `json:"title,omitempty"`
	MCP            map[string]openapi.MCPServer `json:"mcp,omitempty"`
	Skills         openapi.Skills               `json:"skills,omitzero"`
	Input          openapi.Values               `json:"input,omitempty"`
	ClientTools    []openapi.ClientTool         `json:"client_tools,omitempty"`
	Expires        bool                         `json:"expires,omitempty"` // it is of the agent-sessions family
}

func (d data) metadata() openapi.SessionMetadata {
	return openapi.SessionMetadata{
		Agent:          d.Agent,
		AgentMode:      d.AgentMode,
		PermissionMode: d.PermissionMode,
		Model:          optional(d.Model),
		Variant:        optional(d.Variant),
	}
}

func (d data) options(session, native string) adapters.Options {
	return adapters.Options{
		SessionID:       session,
		NativeSessionID: native,
		AgentMode:       d.AgentMode,
		PermissionMode:  d.PermissionMode,
		Model:           d.Model,
		Variant:         d.Variant,
		AgentVersion:    d.AgentVersion,
		Directory:       d.Directory,
		MCP:             d.MCP,
		Skills:          d.Skills,
		Input:           d.Input,
	}
}

// info is a session as its readers see it.
func info(row store.Session) (openapi.SessionInfo, error) {
	var d data
	if err := json.Unmarshal(row.Data, &d); err != nil {
		return openapi.SessionInfo{}, unreadable(row.ID, err)
	}
	st, err := loadState(row.State)
	if err != nil {
		return openapi.SessionInfo{}, unreadable(row.ID, err)
	}
	return openapi.SessionInfo{
		SessionID:       row.ID,
		Agent:           d.Agent,
		AgentMode:       d.AgentMode,
		PermissionMode:  d.PermissionMode,
		Model:           optional(d.Model),
		Variant:         optional(d.Variant),
		NativeSessionID: optional(st.NativeID),
		Ended:           st.Ended,
		Status:          st.status(),
		EventCount:      int64(row.Last),
		QueuedMessages:  len(st.Queue),
		PendingRequests: len(st.Requests),
		CreatedAt:       millis(row.Created),
		UpdatedAt:       millis(row.Updated),
		Directory:       optional(d.Directory),
		Title:           optional(d.Title),
		MCP:             d.MCP,
		Skills:          d.Skills,
		ClientTools:     d.ClientTools,
	}, nil
}

// optional is nil for an empty string, which the wire has as null.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func millis(t time.Time) int64 { return t.UnixMilli() }
