package session

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// ask appends a request of the agent and tells it that this is durable. What "always" has granted is answered at once.
func (o *owner) ask(a *asked) {
	t := o.turn
	if o.early(a) {
		return
	}
	if t.asked[a.key()] != nil || o.w.state.find(a.id(), a.kind()) >= 0 {
		a.appended <- invalid("request %s is open already", a.id())
		return
	}
	t.asked[a.key()] = a
	granted := false
	switch {
	case a.question != nil:
		o.w.append(*a.question, byAgent, t.id, a.raw)
	case a.tool != nil:
		a.tool.ItemID = t.items.known(a.item)
		o.w.append(*a.tool, byAgent, t.id, a.raw)
	default:
		o.w.append(*a.permission, byAgent, t.id, a.raw)
		granted = o.w.state.granted(a.permission.Action, a.permission.Metadata)
	}
	if granted {
		o.emit(permissionResolved(*a.permission, openapi.PermissionStatusAcceptForSession))
	}
	err := o.commit(nil)
	a.appended <- err
	if err == nil && granted {
		o.deliver(a.key(), reply{permission: openapi.PermissionReplyAlways})
	}
}

// deliver releases the asker, after its answer is durable.
func (o *owner) deliver(key string, r reply) {
	if o.turn == nil {
		return
	}
	if a := o.turn.asked[key]; a != nil {
		delete(o.turn.asked, key)
		a.answer <- r
	}
}

// withdraw resolves a request that its asker does not wait for any more.
func (o *owner) withdraw(a *asked) {
	if o.turn.asked[a.key()] != a {
		return // answered meanwhile
	}
	delete(o.turn.asked, a.key())
	o.reject(a)
}

// reject resolves an open request on behalf of nobody.
func (o *owner) reject(a *asked) {
	switch {
	case a.question != nil:
		o.emit(questionResolved(*a.question, adapters.QuestionReply{Rejected: true}))
	case a.tool != nil:
		o.emit(toolResolved(*a.tool, adapters.ToolResult{Status: openapi.ToolStatusCancelled, Error: "the call was abandoned"}))
	default:
		o.emit(permissionResolved(*a.permission, openapi.PermissionStatusReject))
	}
}

// failCalls resolves the calls of client tools that are open as failed.
func (o *owner) failCalls(why string) {
	for _, r := range slices.Clone(o.w.state.Requests) {
		if !r.Tool {
			continue
		}
		a := o.openRequest(r)
		delete(o.turnAsked(), askedKey(r.ID, toolKind))
		o.emit(toolResolved(*a.tool, adapters.ToolResult{Status: openapi.ToolStatusFailed, Error: why}))
	}
}

// closeRequests resolves what is still open at the end of a turn, in the order in which it was asked.
func (o *owner) closeRequests() {
	for len(o.w.state.Requests) > 0 {
		r := o.w.state.Requests[0]
		a := o.openRequest(r)
		delete(o.turnAsked(), askedKey(r.ID, r.kind()))
		o.reject(a)
	}
}

func (o *owner) turnAsked() map[string]*asked {
	if o.turn == nil {
		return nil
	}
	return o.turn.asked
}

// openRequest is an open request as it was asked: from the running turn, or after a restart from the log. One that the log
// cannot give back is resolved by its id alone.
func (o *owner) openRequest(r request) *asked {
	if a := o.turnAsked()[askedKey(r.ID, r.kind())]; a != nil {
		return a
	}
	e, err := readEvent(context.Background(), o.w.store, o.w.id, r.Sequence)
	if err != nil {
		o.log.Error("open request unreadable", "request", r.ID, "error", err)
	}
	return askedAgain(r, e.Data)
}

// askedAgain is a request as the log has it. Of one that is unreadable only the id is known.
func askedAgain(r request, data openapi.EventData) *asked {
	switch r.kind() {
	case questionKind:
		d, _ := data.(openapi.QuestionRequestedData)
		d.QuestionID = r.ID
		return &asked{question: &d}
	case toolKind:
		d, _ := data.(openapi.ToolRequestedData)
		d.ToolCallID = r.ID
		return &asked{tool: &d}
	case permissionKind:
	}
	d, _ := data.(openapi.PermissionRequestedData)
	d.PermissionID = r.ID
	return &asked{permission: &d}
}

func toolResolved(d openapi.ToolRequestedData, r adapters.ToolResult) openapi.ToolResolvedData {
	resolved := openapi.ToolResolvedData{ToolCallID: d.ToolCallID, Name: d.Name, Status: r.Status, Result: r.Result, Error: r.Error}
	if resolved.Result == nil {
		resolved.Result = json.RawMessage("null")
	}
	return resolved
}

func permissionResolved(d openapi.PermissionRequestedData, status openapi.PermissionStatus) openapi.PermissionResolvedData {
	return openapi.PermissionResolvedData{
		PermissionID: d.PermissionID,
		Action:       d.Action,
		Metadata:     d.Metadata,
		Status:       status,
	}
}

func questionResolved(d openapi.QuestionRequestedData, r adapters.QuestionReply) openapi.QuestionResolvedData {
	resolved := openapi.QuestionResolvedData{
		QuestionID: d.QuestionID,
		Prompt:     d.Prompt,
		Options:    d.Options,
		Questions:  d.Questions,
		Status:     openapi.QuestionStatusRejected,
	}
	if resolved.Options == nil {
		resolved.Options = []string{}
	}
	if r.Rejected {
		return resolved
	}
	resolved.Status = openapi.QuestionStatusAnswered
	if d.Questions != nil {
		resolved.Answers = r.Answers
	}
	if len(r.Answers) > 0 && len(r.Answers[0]) > 0 {
		resolved.Response = &r.Answers[0][0]
	}
	return resolved
}
