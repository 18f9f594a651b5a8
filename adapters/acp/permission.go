package acp

import (
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// askPermission asks the user whether a tool may be used.
func (t *turn) askPermission(id json.RawMessage, params, raw []byte) error {
	p, call := t.conn.convert.permission(params)
	t.emit(t.conn.convert.sign(raw)...)
	pending, err := t.host.AskPermission(permissionRequest(t.requestID("permission"), p, call, raw))
	if err != nil {
		return err
	}
	ask(t, id, pending, cancelled, func(reply openapi.PermissionReply) any { return t.permit(p, call, reply) })
	return nil
}

// cancelled is the answer to a permission request that nobody decides on.
var cancelled = object{"outcome": object{"outcome": "cancelled"}}

// permit is the answer to a permission request. An agent that cannot be permitted something for once is not permitted it.
func (t *turn) permit(p permissionParams, call *call, reply openapi.PermissionReply) any {
	option, ok := p.choose(reply)
	call.refused = reply == openapi.PermissionReplyReject || !ok
	if ok {
		return object{"outcome": object{"outcome": "selected", "optionId": option}}
	}
	if reply != openapi.PermissionReplyReject {
		t.emit(t.conn.convert.note("permission", "not given: the agent takes none that is for once only")...)
	}
	return cancelled
}

// permission reads a permission request. What it says of its call belongs to the call, which the request may be the first to tell of.
func (c *converter) permission(params []byte) (p permissionParams, call *call) {
	_ = decode(params, &p) // no options can be chosen then
	var t struct {
		toolUpdate
		Content json.RawMessage `json:"content"`
	}
	_ = decode(p.ToolCall, &t)
	return p, c.asked(&t.toolUpdate, t.Content)
}

func permissionRequest(id string, p permissionParams, call *call, raw []byte) adapters.PermissionRequest {
	return adapters.PermissionRequest{ID: id, Action: call.tool(), Metadata: call.metadata(p.Options), Raw: raw}
}

// metadata is what a user must know to decide.
func (call *call) metadata(options []permissionOption) map[string]any {
	metadata := map[string]any{"toolName": call.tool(), "toolCallId": call.native, "input": json.RawMessage(call.arguments())}
	for name, value := range map[string]string{"title": call.title, "kind": call.kind, "description": call.description()} {
		if value != "" {
			metadata[name] = value
		}
	}
	if paths := call.paths(); len(paths) > 0 {
		metadata["locations"] = paths
	}
	if diffs := call.diffs(); len(diffs) > 0 {
		metadata["diffs"] = diffs
	}
	offered := make([]object, len(options))
	for i, o := range options {
		offered[i] = object{"id": o.ID, "name": o.Name, "kind": o.Kind}
	}
	metadata["options"] = offered
	return metadata
}

func (call *call) description() string {
	var texts []string
	for _, c := range call.contents {
		if c.Type == "content" {
			texts = append(texts, readBlock(c.Content).words())
		}
	}
	return strings.Join(texts, "\n")
}

func (call *call) diffs() []object {
	var diffs []object
	for _, change := range call.changes {
		diffs = append(diffs, object{"path": change.Path, "diff": deref(change.part().Diff)})
	}
	return diffs
}

// choose picks the agent's option for a reply; it reports whether there is one.
//
// A lasting permission is taken only when it was asked for and there is but one: of several it cannot be told which one
// gives least. The session remembers "always" by itself, so that giving once is enough then.
func (p permissionParams) choose(reply openapi.PermissionReply) (id string, ok bool) {
	wanted := []string{"reject_once", "reject_always"}
	switch reply {
	case openapi.PermissionReplyOnce:
		wanted = []string{"allow_once"}
	case openapi.PermissionReplyAlways:
		wanted = []string{"allow_always", "allow_once"}
		if p.count("allow_always") > 1 && p.count("allow_once") > 0 {
			wanted = []string{"allow_once"}
		}
	case openapi.PermissionReplyReject:
	}
	for _, kind := range wanted {
		for _, o := range p.Options {
			if o.Kind == kind {
				return o.ID, true
			}
		}
	}
	return "", false
}

func (p permissionParams) count(kind string) (n int) {
	for _, o := range p.Options {
		if o.Kind == kind {
			n++
		}
	}
	return n
}
