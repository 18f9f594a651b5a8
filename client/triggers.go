package client

import (
	"context"
	"iter"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// TriggerSession fires a trigger and yields the events of its turn, as StreamMessage does of a message's. While a turn runs the
// trigger waits. With ToolResults it goes on with the turn that waits for them, and yields what follows.
//
// The loop goes on after a tool.requested: the caller executes the tool and sends the result by another TriggerSession, or by
// any other client. Heeds IdempotencyKey, IncludeRaw and AsSent.
func (c *Client) TriggerSession(ctx context.Context, session string, req openapi.TriggerRequest, opts ...CallOption) iter.Seq2[openapi.Event, error] {
	o := c.options(opts)
	return func(yield func(openapi.Event, error) bool) {
		t := turn{client: c, session: session, callOptions: o}
		params := openapi.TriggerSessionParams{IncludeRaw: t.raw}
		t.send = func(ctx context.Context, e edit) (*http.Response, error) {
			return c.raw.TriggerSession(ctx, session, &params, req, e)
		}
		t.play(ctx, yield)
	}
}
