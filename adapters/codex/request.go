package codex

import (
	"context"
	"encoding/json"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// asked is what the program asks, as far as Parley looks at it; all has every field.
type asked struct {
	ThreadID    string           `json:"threadId"`
	ItemID      string           `json:"itemId"`
	Questions   []nativeQuestion `json:"questions"`
	Permissions json.RawMessage  `json:"permissions"`

	// of a server of tools
	Server  string          `json:"serverName"`
	Mode    string          `json:"mode"`
	Message string          `json:"message"`
	Schema  json.RawMessage `json:"requestedSchema"`
	Meta    struct {
		Kind    string          `json:"codex_approval_kind"`
		Tool    string          `json:"tool_name"`
		Persist json.RawMessage `json:"persist"`
	} `json:"_meta"`

	all map[string]any
}

func readAsked(raw json.RawMessage) (q asked) {
	_ = ignoreShape(json.Unmarshal(raw, &q)) // what is missing is not asked
	_ = json.Unmarshal(raw, &q.all)
	return q
}

// The program's requests that the user answers.
const (
	methodCommand     = "item/commandExecution/requestApproval"
	methodFiles       = "item/fileChange/requestApproval"
	methodPermissions = "item/permissions/requestApproval"
	methodQuestions   = "item/tool/requestUserInput"
	methodElicitation = "mcpServer/elicitation/request"
)

// request takes a request of the program. What is not known is refused, so that the program does not wait for ever.
func (t *turn) request(m jsonrpc.Message) error {
	q := readAsked(m.Params)
	switch m.Method {
	case methodCommand, methodFiles, methodPermissions:
		return t.askPermission(m, q)
	case methodQuestions:
		return t.askQuestions(m, q)
	case methodElicitation:
		return t.elicit(m, q)
	}
	t.conn.rpc.Refuse(m.ID, jsonrpc.CodeMethodNotFound, "not supported: "+m.Method)
	return nil
}

// requestID is a request's name in the session. The program's own count from 0 in every process.
func (c *conn) requestID(native json.RawMessage) string { return c.name + "/" + string(native) }

// ask waits for an answer beside the turn, and gives it to the program. One that the user cannot give any more is refusal,
// unless the program has withdrawn the request.
func ask[T any](t *turn, m jsonrpc.Message, pending adapters.Pending[T], answer func(T) any, refusal any) {
	id := t.conn.requestID(m.ID)
	ctx, cancel := t.withdrawable(id)
	t.waits.Go(func() {
		defer cancel()
		reply, err := pending.Wait(ctx)
		switch {
		case err == nil:
			t.conn.rpc.Reply(m.ID, answer(reply))
		case t.forgotten(id):
		default:
			t.conn.rpc.Reply(m.ID, refusal)
		}
	})
}

// withdrawable gives a request the context of its wait.
func (t *turn) withdrawable(id string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[id] = cancel
	return ctx, cancel
}

// withdraw takes a request back that the program no longer wants to be answered.
func (t *turn) withdraw(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cancel := t.open[id]; cancel != nil {
		delete(t.open, id)
		cancel()
	}
}

// forgotten says whether the program has withdrawn a request.
func (t *turn) forgotten(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, open := t.open[id]
	return !open
}

// askUser asks a permission of the user. In a turn that is being interrupted nobody is asked.
func (t *turn) askUser(m jsonrpc.Message, r adapters.PermissionRequest, answer func(openapi.PermissionReply) any) error {
	refusal := answer(openapi.PermissionReplyReject)
	if t.interrupted {
		t.conn.rpc.Reply(m.ID, refusal)
		return nil
	}
	pending, err := t.host.AskPermission(r)
	if err != nil {
		return err
	}
	ask(t, m, pending, answer, refusal)
	return nil
}
