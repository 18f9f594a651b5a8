package claude

import (
	"maps"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// askPermission asks the user whether a tool may be used.
func (t *turn) askPermission(id string, q toolRequest, raw []byte) error {
	pending, err := t.host.AskPermission(permissionRequest(id, q, raw))
	if err != nil {
		return err
	}
	ask(t, id, pending, func(reply openapi.PermissionReply) decision {
		switch reply {
		case openapi.PermissionReplyOnce:
			return allow(q.Input)
		case openapi.PermissionReplyAlways:
			return allow(q.Input, lasting(q.Suggestions)...)
		case openapi.PermissionReplyReject:
		}
		return deny()
	})
	return nil
}

func permissionRequest(id string, q toolRequest, raw []byte) adapters.PermissionRequest {
	return adapters.PermissionRequest{ID: id, Action: q.ToolName, Metadata: permissionMetadata(q.all), Raw: raw}
}

// metadataNames are the request's fields that say what it is about, under the names that Parley gives them.
var metadataNames = map[string]string{
	"tool_name": "toolName", "input": "input", "permission_suggestions": "permissionSuggestions", "blocked_path": "blockedPath",
	"description": "description", "display_name": "displayName", "decision_reason": "decisionReason", "tool_use_id": "toolUseId",
	"agent_id": "agentId",
}

func permissionMetadata(fields map[string]any) map[string]any {
	metadata := map[string]any{}
	for name, value := range fields {
		if as, ok := metadataNames[name]; ok && value != nil {
			metadata[as] = value
		}
	}
	return metadata
}

// lasting picks what "always" makes of the program's suggestions: its rule for the like of this call, for the rest of
// the session. The program suggests to write the rule into the project's settings; that is not done unasked.
// Suggestions that permit more than the like of the call, another mode or more directories, are not taken: the
// session remembers the permission by itself.
func lasting(suggestions []suggestion) []any {
	for _, s := range suggestions {
		if s["type"] == "addRules" && s["behavior"] == "allow" {
			rule := maps.Clone(s)
			rule["destination"] = "session"
			return []any{rule}
		}
	}
	return nil
}
