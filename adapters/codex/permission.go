package codex

import (
	"encoding/json"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// The kinds of permission that Codex asks for. "Always" holds for the rest of the session: for Codex itself it is about
// the like of what was asked, for Parley about the action.
const (
	actionCommand     = "commandExecution"
	actionFiles       = "fileChange"
	actionPermissions = "permissions"
)

var actions = map[string]string{
	methodCommand: actionCommand, methodFiles: actionFiles, methodPermissions: actionPermissions,
}

type decision struct {
	Decision string `json:"decision"`
}

// decisions are the answers to a request to run a command or to change files. A declined one does not end the turn.
var decisions = map[openapi.PermissionReply]decision{
	openapi.PermissionReplyOnce:   {"accept"},
	openapi.PermissionReplyAlways: {"acceptForSession"},
	openapi.PermissionReplyReject: {"decline"},
}

// grant answers a request for more permissions than the sandbox has.
type grant struct {
	Permissions json.RawMessage `json:"permissions"`
	Scope       string          `json:"scope"`
}

func (t *turn) askPermission(m jsonrpc.Message, q asked) error {
	if m.Method == methodFiles && t.agent.options.PermissionMode == permissionAcceptEdits {
		t.conn.rpc.Reply(m.ID, decisions[openapi.PermissionReplyOnce])
		return nil
	}
	request := t.conn.convert.permissionRequest(t.conn.requestID(m.ID), m.Method, q, m.Raw)
	return t.askUser(m, request, func(reply openapi.PermissionReply) any {
		if m.Method == methodPermissions {
			return q.grant(reply)
		}
		return decisions[reply]
	})
}

// grant gives all that was asked for, or nothing.
func (q asked) grant(reply openapi.PermissionReply) grant {
	switch {
	case reply == openapi.PermissionReplyReject || len(q.Permissions) == 0:
		return grant{json.RawMessage("{}"), "turn"}
	case reply == openapi.PermissionReplyAlways:
		return grant{q.Permissions, "session"}
	}
	return grant{q.Permissions, "turn"}
}

// metadataNames are the request's fields that say what it is about.
var metadataNames = []string{
	"command", "cwd", "reason", "commandActions", "proposedExecpolicyAmendment", "proposedNetworkPolicyAmendments",
	"networkApprovalContext", "additionalPermissions", "permissions", "grantRoot", "itemId", "approvalId",
}

// permissionRequest is what the user is asked. The files of a change are in its item, not in the request.
func (c *converter) permissionRequest(id, method string, q asked, raw []byte) adapters.PermissionRequest {
	action := actions[method]
	metadata := map[string]any{"codexRequestKind": action}
	for _, name := range metadataNames {
		if value := q.all[name]; value != nil {
			metadata[name] = value
		}
	}
	if call := c.calls[key{q.ThreadID, q.ItemID}]; call != nil && method == methodFiles {
		metadata["changes"] = changes(call.item.Changes)
	}
	return adapters.PermissionRequest{ID: id, Action: action, Metadata: metadata, Raw: raw}
}
