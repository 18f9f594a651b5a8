package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// replier answers what an agent asks.
type replier interface {
	permission(ctx context.Context, d openapi.PermissionRequestedData) (openapi.PermissionReply, error)
	// question returns answers[i] for the i-th question; nil rejects them all.
	question(ctx context.Context, d openapi.QuestionRequestedData) ([][]string, error)
	// refused is an error when something was rejected only because there was nobody to ask.
	refused() error
}

// permission has a permission answered.
func (t *turn) permission(ctx context.Context, d openapi.PermissionRequestedData) error {
	reply, err := t.reply.permission(ctx, d)
	if err != nil {
		return left(ctx, err)
	}
	return late(t.client.ReplyPermission(ctx, t.session, d.PermissionID, reply))
}

func (t *turn) question(ctx context.Context, d openapi.QuestionRequestedData) error {
	answers, err := t.reply.question(ctx, d)
	switch {
	case err != nil:
		return left(ctx, err)
	case answers == nil:
		return late(t.client.RejectQuestion(ctx, t.session, d.QuestionID))
	}
	return late(t.client.ReplyQuestion(ctx, t.session, d.QuestionID, answers))
}

// left takes it for no error that a request was answered by somebody else while a person was thinking.
func left(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// late takes it for no error that an answer comes second, which is refused: the log says who was first.
func late(err error) error {
	if errors.Is(err, client.ErrInvalid) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// policy answers without asking anybody. It has no answers to questions.
type policy struct {
	reply    openapi.PermissionReply // empty = nobody has decided, and nobody is there
	notes    *console
	rejected bool
}

func (p *policy) permission(_ context.Context, d openapi.PermissionRequestedData) (openapi.PermissionReply, error) {
	if p.reply != "" {
		return p.reply, nil
	}
	p.rejected = true
	p.notes.line(p.notes.paint.red, fmt.Sprintf("permission %s is rejected: there is no terminal to ask at; --approve once permits it", flat(d.Action, 60)))
	return openapi.PermissionReplyReject, nil
}

func (p *policy) question(_ context.Context, d openapi.QuestionRequestedData) ([][]string, error) {
	p.rejected = true
	p.notes.line(p.notes.paint.red, fmt.Sprintf("question %q is rejected: there is no terminal to ask at", flat(d.Prompt, 200)))
	return nil, nil
}

func (p *policy) refused() error {
	if p.rejected {
		return &Exit{Code: exitFailed}
	}
	return nil
}

// person answers at the keyboard; with a policy for permissions only what that does not say.
type person struct {
	keyboard *keyboard
	notes    *console
	policy   openapi.PermissionReply
}

func (p *person) refused() error { return nil }

// line asks for a line. The end of the input says no to everything.
func (p *person) line(ctx context.Context, prompt string) (string, error) {
	text, err := p.keyboard.line(ctx, prompt)
	if errors.Is(err, io.EOF) {
		return "", nil
	}
	return text, err
}
