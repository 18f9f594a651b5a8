package codex

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// elicited answers what a server of tools asks.
type elicited struct {
	Action  string         `json:"action"` // accept or decline
	Content map[string]any `json:"content"`
	Meta    map[string]any `json:"_meta"`
}

var declined = elicited{Action: "decline"}

// elicit takes a question of a server of tools. Codex itself asks in the same way whether a tool may be called.
func (t *turn) elicit(m jsonrpc.Message, q asked) error {
	id := t.conn.requestID(m.ID)
	if q.Meta.Kind == "mcp_tool_call" {
		if _, client := t.conn.convert.client[mcpToolName(q.Server, q.Meta.Tool)]; client {
			t.conn.rpc.Reply(m.ID, q.permitted(openapi.PermissionReplyOnce))
			return nil
		}
		return t.askUser(m, q.toolRequest(id, m.Raw), q.permitted)
	}
	form, ok := q.form()
	if !ok || t.interrupted {
		t.conn.rpc.Reply(m.ID, declined)
		return nil
	}
	pending, err := t.host.AskQuestion(adapters.QuestionRequest{ID: id, Questions: form.questions(q.Message), Raw: m.Raw})
	if err != nil {
		return err
	}
	ask(t, m, pending, func(reply adapters.QuestionReply) any { return form.filled(reply) }, declined)
	return nil
}

// toolRequest asks whether a tool of a server may be called. The action is the tool, so that "always" is about that one.
func (q asked) toolRequest(id string, raw []byte) adapters.PermissionRequest {
	tool := mcpToolName(q.Server, q.Meta.Tool)
	metadata := map[string]any{"toolName": tool, "server": q.Server, "tool": q.Meta.Tool, "reason": q.Message}
	if meta, ok := q.all["_meta"].(map[string]any); ok && meta["tool_params"] != nil {
		metadata["input"] = meta["tool_params"]
	}
	return adapters.PermissionRequest{ID: id, Action: tool, Metadata: metadata, Raw: raw}
}

func (q asked) permitted(reply openapi.PermissionReply) any {
	switch reply {
	case openapi.PermissionReplyOnce:
		return elicited{Action: "accept", Content: map[string]any{}}
	case openapi.PermissionReplyAlways:
		// Not "always", which would be written into the user's configuration.
		return elicited{Action: "accept", Content: map[string]any{}, Meta: map[string]any{"persist": "session"}}
	case openapi.PermissionReplyReject:
	}
	return declined
}
