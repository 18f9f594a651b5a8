package opencode

import (
	"maps"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// permissionReply answers a permission request.
type permissionReply struct {
	Reply   string `json:"reply"` // once or reject; "always" would hold for every session in the directory
	Message string `json:"message,omitempty"`
}

var (
	once = permissionReply{Reply: "once"}
	// With a message the agent goes on.
	rejected = permissionReply{Reply: "reject", Message: "Permission denied."}
)

// askPermission asks the user whether a tool may be used, unless that is clear.
func (t *turn) askPermission(r *request, raw []byte) {
	if t.requests[r.ID] != nil || t.failed != nil {
		return
	}
	one := &asked{request: r}
	t.requests[r.ID] = one
	if permits(t.agent.options.PermissionMode, r.Permission) || t.agent.grants.cover(r) {
		t.answer(r.ID, permissionPath(r), once)
		return
	}
	pending, err := t.host.AskPermission(permissionRequest(r, raw))
	if err != nil {
		t.fail(err)
		return
	}
	await(t, one, pending, func(reply openapi.PermissionReply) decision {
		d := decision{id: r.ID, path: permissionPath(r), body: once}
		switch reply {
		case openapi.PermissionReplyAlways:
			d.grant = true
		case openapi.PermissionReplyReject:
			d.body, d.hold = rejected, true
		case openapi.PermissionReplyOnce:
		}
		return d
	})
}

func permissionPath(r *request) string { return "/permission/" + r.ID + "/reply" }

func permissionRequest(r *request, raw []byte) adapters.PermissionRequest {
	metadata := map[string]any{}
	maps.Copy(metadata, r.Metadata) // command, or filepath and diff
	metadata["permission"], metadata["patterns"], metadata["always"] = r.Permission, r.Patterns, r.Always
	if r.Tool != nil {
		metadata["tool"] = r.Tool
	}
	return adapters.PermissionRequest{ID: r.ID, Action: r.Permission, Metadata: metadata, Raw: raw}
}
