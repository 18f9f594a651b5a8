package session

import (
	"context"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// ReplyQuestion answers a question, exactly once: answers[i] answers the i-th question, a missing or empty one is left
// unanswered. The answer is durable before the agent hears of it.
func (s *Service) ReplyQuestion(ctx context.Context, id, question string, answers [][]string, once Idempotency) error {
	_, err := s.do(ctx, id, questionCommand{question, adapters.QuestionReply{Answers: answers}, once})
	return err
}

// RejectQuestion refuses to answer a question.
func (s *Service) RejectQuestion(ctx context.Context, id, question string, once Idempotency) error {
	_, err := s.do(ctx, id, questionCommand{question, adapters.QuestionReply{Rejected: true}, once})
	return err
}

// ReplyPermission answers a permission request, exactly once.
func (s *Service) ReplyPermission(ctx context.Context, id, permission string, r openapi.PermissionReply, once Idempotency) error {
	_, err := s.do(ctx, id, permissionCommand{permission, r, once})
	return err
}

type questionCommand struct {
	ID    string
	Reply adapters.QuestionReply
	Once  Idempotency
}

func (c questionCommand) apply(o *owner) (any, error) {
	operation := "question " + c.ID
	if c.Reply.Rejected {
		operation = "reject " + c.ID
	}
	return o.resolve(c.ID, questionKind, c.Once, operation, func(a *asked) openapi.EventData {
		return questionResolved(*a.question, c.Reply)
	}, reply{question: c.Reply})
}

type permissionCommand struct {
	ID    string
	Reply openapi.PermissionReply
	Once  Idempotency
}

var permissionStatus = map[openapi.PermissionReply]openapi.PermissionStatus{
	openapi.PermissionReplyOnce:   openapi.PermissionStatusAccept,
	openapi.PermissionReplyAlways: openapi.PermissionStatusAcceptForSession,
	openapi.PermissionReplyReject: openapi.PermissionStatusReject,
}

func (c permissionCommand) apply(o *owner) (any, error) {
	status, ok := permissionStatus[c.Reply]
	if !ok {
		return nil, invalid("unknown reply: %s", c.Reply)
	}
	return o.resolve(c.ID, permissionKind, c.Once, "permission "+c.ID, func(a *asked) openapi.EventData {
		return permissionResolved(*a.permission, status)
	}, reply{permission: c.Reply})
}

// resolve appends the answer to an open request, and when that is durable releases the agent.
func (o *owner) resolve(id string, k kind, once Idempotency, operation string, data func(*asked) openapi.EventData, r reply) (any, error) {
	if known, err := o.recall(once, operation, new(struct{})); known || err != nil {
		return nil, err
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	i := o.w.state.find(id, k)
	if i < 0 {
		return nil, invalid("unknown %s id: %s", k, id)
	}
	a := o.openRequest(o.w.state.Requests[i])
	receipt, err := once.receipt(o.scope(operation), o.w.now(), struct{}{}, o.w.last+1)
	if err != nil {
		return nil, err
	}
	o.emit(data(a))
	if err := o.commit(receipt); err != nil {
		return nil, err
	}
	o.deliver(askedKey(id, k), r)
	return nil, nil
}
