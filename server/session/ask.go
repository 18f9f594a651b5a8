package session

import (
	"context"
	"fmt"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// asked is an open request and the place where its asker waits. Exactly one of question, permission and tool is set.
type asked struct {
	turn       *turn
	question   *openapi.QuestionRequestedData
	permission *openapi.PermissionRequestedData
	tool       *openapi.ToolRequestedData
	item       string // the agent's own name for the tool call's item
	late       bool   // the tool call has waited long enough for one
	raw        []byte
	appended   chan error // one value: the request is durable, or why not
	answer     chan reply // one value, when the answer is durable
}

// reply answers a request.
type reply struct {
	question   adapters.QuestionReply
	permission openapi.PermissionReply
	tool       adapters.ToolResult
}

func (a *asked) id() string {
	switch {
	case a.question != nil:
		return a.question.QuestionID
	case a.tool != nil:
		return a.tool.ToolCallID
	}
	return a.permission.PermissionID
}

func (a *asked) kind() kind {
	switch {
	case a.question != nil:
		return questionKind
	case a.tool != nil:
		return toolKind
	}
	return permissionKind
}

// key tells requests of the same id apart.
func (a *asked) key() string { return askedKey(a.id(), a.kind()) }

func askedKey(id string, k kind) string { return string(k) + " " + id }

// AskPermission implements adapters.Host.
func (t *turn) AskPermission(r adapters.PermissionRequest) (adapters.Pending[openapi.PermissionReply], error) {
	a := &asked{raw: r.Raw, permission: &openapi.PermissionRequestedData{
		PermissionID: r.ID,
		Action:       r.Action,
		Metadata:     r.Metadata,
		Status:       openapi.RequestedStatusRequested,
	}}
	if err := t.ask(a); err != nil {
		return nil, err
	}
	return pendingPermission{a}, nil
}

// AskQuestion implements adapters.Host.
func (t *turn) AskQuestion(r adapters.QuestionRequest) (adapters.Pending[adapters.QuestionReply], error) {
	if len(r.Questions) == 0 {
		return nil, fmt.Errorf("question %s asks nothing", r.ID)
	}
	first := r.Questions[0]
	d := &openapi.QuestionRequestedData{
		QuestionID: r.ID,
		Prompt:     first.Question,
		Options:    make([]string, len(first.Options)),
		Status:     openapi.RequestedStatusRequested,
	}
	for i, o := range first.Options {
		d.Options[i] = o.Label
	}
	if !r.Plain {
		d.Questions = r.Questions
	}
	a := &asked{raw: r.Raw, question: d}
	if err := t.ask(a); err != nil {
		return nil, err
	}
	return pendingQuestion{a}, nil
}

// CallTool implements adapters.Host.
func (t *turn) CallTool(c adapters.ToolCall) (adapters.Pending[adapters.ToolResult], error) {
	a := &asked{raw: c.Raw, item: c.NativeItemID, tool: &openapi.ToolRequestedData{
		ToolCallID:     c.ID,
		Name:           c.Name,
		Arguments:      c.Arguments,
		Source:         c.Source,
		Thread:         c.Thread,
		OutputVariable: c.OutputVariable,
		BlockIndex:     c.BlockIndex,
	}}
	if err := t.ask(a); err != nil {
		return nil, err
	}
	return pendingTool{a}, nil
}

// ask hands a request to the owner and waits until it is durable.
func (t *turn) ask(a *asked) error {
	a.turn = t
	a.appended, a.answer = make(chan error, 1), make(chan reply, 1)
	if err := t.put(entry{ask: a}); err != nil {
		return err
	}
	select {
	case err := <-a.appended:
		return err
	case <-t.over:
	}
	select {
	case err := <-a.appended:
		return err
	default:
		return t.failure()
	}
}

type pendingPermission struct{ a *asked }

func (p pendingPermission) Wait(ctx context.Context) (openapi.PermissionReply, error) {
	r, err := p.a.wait(ctx)
	return r.permission, err
}

type pendingQuestion struct{ a *asked }

func (p pendingQuestion) Wait(ctx context.Context) (adapters.QuestionReply, error) {
	r, err := p.a.wait(ctx)
	return r.question, err
}

type pendingTool struct{ a *asked }

func (p pendingTool) Wait(ctx context.Context) (adapters.ToolResult, error) {
	r, err := p.a.wait(ctx)
	return r.tool, err
}

// wait blocks for the answer. An answer that came wins over a ctx that ended.
func (a *asked) wait(ctx context.Context) (reply, error) {
	select {
	case r := <-a.answer:
		return r, nil
	case <-a.turn.over: // put says why
	case <-ctx.Done():
	}
	select {
	case r := <-a.answer:
		return r, nil
	default:
	}
	if err := a.turn.put(entry{withdraw: a}); err != nil {
		return reply{}, err
	}
	return reply{}, ctx.Err()
}
