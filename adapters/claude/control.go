package claude

import (
	"encoding/json"

	"github.com/parleyhq/parley/adapters"
)

// userLine is a message on its way to the program.
type userLine struct {
	Type            string      `json:"type"`
	UUID            string      `json:"uuid"` // comes back with the result of the turn
	Message         userMessage `json:"message"`
	ParentToolUseID *string     `json:"parent_tool_use_id"`
	SessionID       string      `json:"session_id"`
}

type userMessage struct {
	Role    string `json:"role"`
	Content []any  `json:"content"`
}

func newUserLine(uuid string, content []any) userLine {
	return userLine{Type: "user", UUID: uuid, Message: userMessage{Role: "user", Content: content}}
}

// controlLine asks the program for something.
type controlLine struct {
	Type      string `json:"type"`
	RequestID string `json:"request_id"`
	Request   any    `json:"request"`
}

func newControlLine(id, subtype string) controlLine {
	return controlLine{Type: "control_request", RequestID: id, Request: map[string]string{"subtype": subtype}}
}

// answerLine answers what the program asks.
type answerLine struct {
	Type     string `json:"type"`
	Response answer `json:"response"`
}

type answer struct {
	Subtype   string `json:"subtype"`
	RequestID string `json:"request_id"`
	Response  any    `json:"response,omitempty"`
	Error     string `json:"error,omitempty"`
}

func newAnswer(id string, response any) answerLine {
	return answerLine{Type: "control_response", Response: answer{Subtype: "success", RequestID: id, Response: response}}
}

func newRefusal(id, reason string) answerLine {
	return answerLine{Type: "control_response", Response: answer{Subtype: "error", RequestID: id, Error: reason}}
}

// decision answers a request to use a tool.
type decision struct {
	Behavior     string          `json:"behavior"`
	Message      string          `json:"message,omitempty"` // of deny
	UpdatedInput json.RawMessage `json:"updatedInput,omitempty"`
	Permissions  []any           `json:"updatedPermissions,omitempty"`
}

func allow(input json.RawMessage, permissions ...any) decision {
	if len(input) == 0 {
		input = json.RawMessage("{}")
	}
	return decision{Behavior: "allow", UpdatedInput: input, Permissions: permissions}
}

// deny refuses a tool; the turn goes on.
func deny() decision { return decision{Behavior: "deny", Message: "Permission denied."} }

// toolRequest is the program's question whether it may use a tool.
type toolRequest struct {
	Subtype     string          `json:"subtype"`
	ToolName    string          `json:"tool_name"`
	Input       json.RawMessage `json:"input"`
	ToolUseID   string          `json:"tool_use_id"`
	Suggestions []suggestion    `json:"permission_suggestions"`

	all map[string]any // every field of the request
}

// readRequest reads a control request; it reports whether it is about a tool.
func readRequest(raw json.RawMessage) (q toolRequest, ok bool) {
	if ignoreShape(json.Unmarshal(raw, &q)) != nil || json.Unmarshal(raw, &q.all) != nil {
		return q, false
	}
	return q, q.Subtype == "can_use_tool"
}

// suggestion is a lasting permission that the program proposes, as it came.
type suggestion map[string]any

// control is what the turn does with a line that is not part of the conversation; it reports whether it was one.
func (t *turn) control(r *record, raw []byte) (isControl bool, err error) {
	switch r.Type {
	case "control_request":
		return true, t.request(r, raw)
	case "control_cancel_request":
		t.withdraw(r.RequestID)
		return true, nil
	case "control_response":
		t.emit(t.conn.convert.tellTrouble(r.Response)...)
		return true, nil
	case "keep_alive":
		return true, nil
	}
	return false, nil
}

// request takes a request of the program. What is not known is refused, so that the program does not wait for ever.
func (t *turn) request(r *record, raw []byte) error {
	q, ok := readRequest(r.Request)
	if !ok {
		t.conn.send(newRefusal(r.RequestID, "not supported: "+q.Subtype))
		return nil
	}
	switch q.ToolName {
	case "AskUserQuestion":
		return t.askQuestions(r.RequestID, q, raw)
	case "ExitPlanMode":
		return t.askPlan(r.RequestID, q, raw)
	}
	if _, client := t.conn.convert.client[q.ToolName]; client {
		t.conn.send(newAnswer(r.RequestID, allow(q.Input)))
		return nil
	}
	return t.askPermission(r.RequestID, q, raw)
}

// ask waits for an answer beside the turn, and hands it to the turn as a decision. A withdrawn request is not answered.
func ask[T any](t *turn, id string, pending adapters.Pending[T], decide func(T) decision) {
	ctx, cancel := t.withdrawable(id)
	t.waits.Go(func() {
		defer cancel()
		reply, err := pending.Wait(ctx)
		if err != nil {
			return
		}
		select {
		case t.decisions <- newAnswer(id, decide(reply)):
		case <-t.over:
		}
	})
}
