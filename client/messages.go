package client

import (
	"context"
	"iter"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// PostMessage sends a message. It returns when the message is durable; its turn runs on, or waits until the turns before
// are over; with Steer the running turn takes it where it can. Heeds IdempotencyKey.
func (c *Client) PostMessage(ctx context.Context, session string, req openapi.MessageRequest, opts ...CallOption) error {
	return c.do(ctx, c.keyed(opts, session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.PostMessage(ctx, session, nil, req, e)
	}, nil)
}

// StreamMessage sends a message and yields the events of its turn, from turn.started to turn.ended, each once and in
// order; of a turn that takes the message in its midst (Steer) those from there on. The message is sent when the loop begins.
// A second loop over what is returned shows the same turn again, by its key.
//
// The server's own stream ends where the agent asks something (permission.requested, question.requested, and when nothing more
// comes after tool.requested), and after an error. The client goes on: the caller answers in the body of the loop, by ReplyPermission or ReplyQuestion, and the
// events that follow come out of the same loop, until the turn is over. A request that nobody answers keeps the loop waiting.
// AsSent ends it as the server does.
//
// After a cut the rest of the turn is read from the session's log; the message is never heard twice. The loop also
// ends after the session.ended of a session that is terminated meanwhile. Any other end is an error, as with Events.
// Leaving the loop does not stop the turn; InterruptSession does. Heeds IdempotencyKey, IncludeRaw and AsSent.
func (c *Client) StreamMessage(ctx context.Context, session string, req openapi.MessageRequest, opts ...CallOption) iter.Seq2[openapi.Event, error] {
	o := c.options(opts)
	return func(yield func(openapi.Event, error) bool) {
		t := turn{client: c, session: session, callOptions: o}
		params := openapi.StreamMessageParams{IncludeRaw: t.raw}
		t.send = func(ctx context.Context, e edit) (*http.Response, error) {
			return c.raw.StreamMessage(ctx, session, &params, req, e)
		}
		t.play(ctx, yield)
	}
}

// A turn is yielded from the answer to its message, and from the log where that ends early.
type turn struct {
	client  *Client
	session string
	send    send
	callOptions
	id     string // empty until an event tells
	last   uint64 // the sequence yielded last; 0 = none yet
	over   bool   // yielded to its end, or the caller has left
	logged bool   // the events come from the log, which does not say where the server's stream has ended
}

// play yields the whole turn.
func (t *turn) play(ctx context.Context, yield func(openapi.Event, error) bool) {
	if err := t.post(ctx, yield); err != nil {
		yield(openapi.Event{}, err)
		return
	}
	if !t.over {
		t.follow(ctx, yield)
	}
}

// post sends the message until an event of its turn is there, and yields what the answer carries. A message that has
// no key is sent once, and lost when its answer is.
func (t *turn) post(ctx context.Context, yield func(openapi.Event, error) bool) error {
	o := op{ids: []string{t.session}, key: t.key, harmless: t.key != ""}
	if err := o.check(); err != nil {
		return err
	}
	tries := tries{retry: t.client.retry, op: o}
	for {
		s, err := t.client.openStream(ctx, o, t.send)
		if err == nil {
			tries.opened = true
			err = t.read(s, yield)
		}
		if t.over || t.last > 0 {
			return nil
		}
		if err := tries.again(ctx, err); err != nil {
			return err
		}
	}
}

// read yields the events of the answer. It leaves the rest to follow at the first gap: the answer shows only this
// turn, so that a gap can be an event of another one, or a loss.
func (t *turn) read(s *stream, yield func(openapi.Event, error) bool) error {
	for ev, err := range s.events() {
		if err != nil {
			return err
		}
		if t.last > 0 && ev.Sequence != t.last+1 {
			return errCut
		}
		if t.give(ev, yield); t.over {
			return nil
		}
	}
	t.over = t.asSent && t.last > 0
	return errCut
}

// follow yields the rest of the turn from the log, which shows other turns too.
func (t *turn) follow(ctx context.Context, yield func(openapi.Event, error) bool) {
	t.logged = true
	f := follower{client: t.client, session: t.session, last: t.last, opened: true}
	if t.raw {
		f.opts = []CallOption{IncludeRaw()}
	}
	f.events(ctx, func(ev openapi.Event, err error) bool {
		if err != nil {
			return yield(ev, err)
		}
		if ev.TurnID == t.id || ended(ev) {
			t.give(ev, yield)
		}
		return !t.over
	})
}

// give yields an event. The first one that has a turn tells which it is.
func (t *turn) give(ev openapi.Event, yield func(openapi.Event, error) bool) {
	if t.id == "" {
		t.id = ev.TurnID
	}
	t.last = ev.Sequence
	t.over = !yield(ev, nil) || t.ends(ev)
}

// ends tells whether an event is the last one to be yielded.
func (t *turn) ends(ev openapi.Event) bool {
	switch ev.Data.(type) {
	case openapi.TurnEndedData:
		return true
	case openapi.SessionEndedData:
		return t.asSent || ended(ev)
	case openapi.ErrorData, openapi.AgentUnparsedData, openapi.PermissionRequestedData, openapi.QuestionRequestedData:
		return t.asSent
	case openapi.ToolRequestedData:
		return t.asSent && t.logged
	}
	return false
}
