package adaptertest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// request is an open request: asked, and neither answered nor withdrawn.
type request struct {
	permission *adapters.PermissionRequest
	question   *adapters.QuestionRequest
	tool       *adapters.ToolCall
	deliver    func(answer any)
}

// AskPermission implements adapters.Host.
func (h *Host) AskPermission(r adapters.PermissionRequest) (adapters.Pending[openapi.PermissionReply], error) {
	p := &pending[openapi.PermissionReply]{host: h, id: r.ID}
	if err := h.ask(r.ID, &request{permission: &r, deliver: p.deliver}, permissionRequested(r), r.Raw); err != nil {
		return nil, err
	}
	return p, nil
}

// AskQuestion implements adapters.Host.
func (h *Host) AskQuestion(r adapters.QuestionRequest) (adapters.Pending[adapters.QuestionReply], error) {
	if len(r.Questions) == 0 {
		return nil, fmt.Errorf("adaptertest: question request %q asks nothing", r.ID)
	}
	p := &pending[adapters.QuestionReply]{host: h, id: r.ID}
	if err := h.ask(r.ID, &request{question: &r, deliver: p.deliver}, questionRequested(r), r.Raw); err != nil {
		return nil, err
	}
	return p, nil
}

// CallTool implements adapters.Host.
func (h *Host) CallTool(c adapters.ToolCall) (adapters.Pending[adapters.ToolResult], error) {
	p := &pending[adapters.ToolResult]{host: h, id: c.ID}
	if err := h.ask(c.ID, &request{tool: &c, deliver: p.deliver}, h.toolRequested(c), c.Raw); err != nil {
		return nil, err
	}
	return p, nil
}

// AnswerTool gives the result of an open tool call.
func (h *Host) AnswerTool(id string, result adapters.ToolResult) error {
	return h.answer(id, func(r *request) (openapi.EventData, any, bool) {
		return toolResolved(r, result), result, r.tool != nil
	})
}

// AnswerPermission answers an open permission request. The agent hears of it when it is durable.
func (h *Host) AnswerPermission(id string, reply openapi.PermissionReply) error {
	return h.answer(id, func(r *request) (openapi.EventData, any, bool) {
		return permissionResolved(r, reply), reply, r.permission != nil
	})
}

// AnswerQuestion answers an open question.
func (h *Host) AnswerQuestion(id string, answers [][]string) error {
	return h.answer(id, func(r *request) (openapi.EventData, any, bool) {
		reply := adapters.QuestionReply{Answers: answers}
		return questionResolved(r, reply), reply, r.question != nil
	})
}

// RejectQuestion refuses to answer an open question.
func (h *Host) RejectQuestion(id string) error {
	return h.answer(id, func(r *request) (openapi.EventData, any, bool) {
		reply := adapters.QuestionReply{Rejected: true}
		return questionResolved(r, reply), reply, r.question != nil
	})
}

// Open tells whether a request waits for its answer.
func (h *Host) Open(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.requests[id] != nil
}

// Heard tells whether the agent has taken the answer to a request.
func (h *Host) Heard(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.heard[id]
}

func (h *Host) ask(id string, r *request, data openapi.EventData, raw []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, used := h.requests[id]; used || id == "" {
		return fmt.Errorf("adaptertest: request id %q is empty or was used before", id)
	}
	if err := h.fails(); err != nil {
		return err
	}
	h.requests[id] = r
	return h.appendDurable(h.stamp.event(openapi.EventSourceAgent, data, raw))
}

// answer takes a request, makes its answer durable and only then delivers it.
func (h *Host) answer(id string, resolve func(*request) (data openapi.EventData, answer any, fits bool)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.requests[id]
	if r == nil {
		return fmt.Errorf("adaptertest: no request %q is open; the log:\n%s", id, print(h.log))
	}
	data, answer, fits := resolve(r)
	if !fits {
		return fmt.Errorf("adaptertest: request %q is of the other kind", id)
	}
	if err := h.fails(); err != nil {
		return err
	}
	h.requests[id] = nil
	if err := h.appendDurable(h.stamp.event(openapi.EventSourceDaemon, data, nil)); err != nil {
		return err
	}
	r.deliver(answer)
	h.change()
	return nil
}

// withdraw resolves a request as rejected, unless it has been resolved already.
func (h *Host) withdraw(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.requests[id]
	if r == nil || h.fails() != nil {
		return
	}
	h.requests[id] = nil
	data := questionResolved(r, adapters.QuestionReply{Rejected: true})
	switch {
	case r.permission != nil:
		data = permissionResolved(r, openapi.PermissionReplyReject)
	case r.tool != nil:
		data = toolResolved(r, adapters.ToolResult{Status: openapi.ToolStatusCancelled, Error: "the call was abandoned"})
	}
	h.append(h.stamp.event(openapi.EventSourceDaemon, data, nil))
}

// pending implements adapters.Pending.
type pending[T any] struct {
	host   *Host
	id     string
	answer *T // guarded by host.mu
}

// deliver is called with host.mu held.
func (p *pending[T]) deliver(answer any) { p.answer = new(answer.(T)) }

func (p *pending[T]) Wait(ctx context.Context) (T, error) {
	var none T
	for {
		answer, changed, err := p.look()
		switch {
		case answer != nil:
			return *answer, nil
		case err != nil:
			return none, err
		case ctx.Err() != nil:
			p.host.withdraw(p.id)
			return none, ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

func (p *pending[T]) look() (answer *T, changed <-chan struct{}, err error) {
	p.host.mu.Lock()
	defer p.host.mu.Unlock()
	if p.answer != nil {
		p.host.heard[p.id] = true
	}
	return p.answer, p.host.changed, p.host.failed
}

func permissionRequested(r adapters.PermissionRequest) openapi.PermissionRequestedData {
	return openapi.PermissionRequestedData{
		PermissionID: r.ID, Action: r.Action, Metadata: r.Metadata, Status: openapi.RequestedStatusRequested,
	}
}

func questionRequested(r adapters.QuestionRequest) openapi.QuestionRequestedData {
	return openapi.QuestionRequestedData{
		QuestionID: r.ID, Prompt: prompt(r), Options: labels(r), Status: openapi.RequestedStatusRequested, Questions: details(r),
	}
}

func permissionResolved(r *request, reply openapi.PermissionReply) openapi.EventData {
	if r.permission == nil {
		return nil
	}
	status := map[openapi.PermissionReply]openapi.PermissionStatus{
		openapi.PermissionReplyOnce:   openapi.PermissionStatusAccept,
		openapi.PermissionReplyAlways: openapi.PermissionStatusAcceptForSession,
		openapi.PermissionReplyReject: openapi.PermissionStatusReject,
	}[reply]
	return openapi.PermissionResolvedData{
		PermissionID: r.permission.ID, Action: r.permission.Action, Metadata: r.permission.Metadata, Status: status,
	}
}

func questionResolved(r *request, reply adapters.QuestionReply) openapi.EventData {
	if r.question == nil {
		return nil
	}
	data := openapi.QuestionResolvedData{
		QuestionID: r.question.ID, Prompt: prompt(*r.question), Options: labels(*r.question),
		Questions: details(*r.question), Status: openapi.QuestionStatusAnswered,
	}
	if reply.Rejected {
		data.Status = openapi.QuestionStatusRejected
		return data
	}
	if len(reply.Answers) > 0 && len(reply.Answers[0]) > 0 {
		data.Response = &reply.Answers[0][0]
	}
	if !r.question.Plain {
		data.Answers = reply.Answers
	}
	return data
}

func (h *Host) toolRequested(c adapters.ToolCall) openapi.ToolRequestedData {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := openapi.ToolRequestedData{
		ToolCallID: c.ID, Name: c.Name, Arguments: c.Arguments, Source: c.Source, Thread: c.Thread, OutputVariable: c.OutputVariable,
		BlockIndex: c.BlockIndex,
	}
	if c.NativeItemID != "" {
		d.ItemID = h.stamp.id(&c.NativeItemID)
	}
	return d
}

func toolResolved(r *request, result adapters.ToolResult) openapi.EventData {
	if r.tool == nil {
		return nil
	}
	if result.Result == nil {
		result.Result = json.RawMessage("null")
	}
	return openapi.ToolResolvedData{
		ToolCallID: r.tool.ID, Name: r.tool.Name, Status: result.Status, Result: result.Result, Error: result.Error,
	}
}

func prompt(r adapters.QuestionRequest) string {
	if len(r.Questions) == 0 {
		return ""
	}
	return r.Questions[0].Question
}

func labels(r adapters.QuestionRequest) []string {
	labels := []string{}
	if len(r.Questions) > 0 {
		for _, o := range r.Questions[0].Options {
			labels = append(labels, o.Label)
		}
	}
	return labels
}

func details(r adapters.QuestionRequest) []openapi.QuestionDetail {
	if r.Plain {
		return nil
	}
	return r.Questions
}
