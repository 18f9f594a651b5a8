package client

import (
	"context"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// ListQuestions lists the questions of a session that wait for an answer, oldest first.
func (c *Client) ListQuestions(ctx context.Context, session string) (openapi.QuestionListResponse, error) {
	return call[openapi.QuestionListResponse](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListQuestions(ctx, session, e)
	})
}

// ReplyQuestion answers a question: answers[i] answers the i-th question of the request, with several entries where
// several options may be chosen. An answer is accepted once; a second one is ErrInvalid. Heeds IdempotencyKey.
func (c *Client) ReplyQuestion(ctx context.Context, session, question string, answers [][]string, opts ...CallOption) error {
	req := openapi.QuestionReplyRequest{Answers: answers}
	return c.do(ctx, c.keyed(opts, session, question), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ReplyQuestion(ctx, session, question, nil, req, e)
	}, nil)
}

// RejectQuestion refuses to answer a question. Heeds IdempotencyKey.
func (c *Client) RejectQuestion(ctx context.Context, session, question string, opts ...CallOption) error {
	return c.do(ctx, c.keyed(opts, session, question), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.RejectQuestion(ctx, session, question, nil, e)
	}, nil)
}

// ListPending lists the questions and permission requests of all sessions that wait for an answer.
func (c *Client) ListPending(ctx context.Context) (openapi.PendingResponse, error) {
	return call[openapi.PendingResponse](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListPending(ctx, e)
	})
}
