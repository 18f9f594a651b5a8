package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"

	"github.com/parleyhq/parley/openapi"
)

// GetEvents reads the events after params.Offset, in order. A nil Limit asks for all; past the end the page is empty.
func (c *Client) GetEvents(ctx context.Context, session string, params openapi.GetEventsParams) (openapi.EventsResponse, error) {
	return call[openapi.EventsResponse](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.GetEvents(ctx, session, &params, e)
	})
}

// GetMessages is another name of GetEvents.
func (c *Client) GetMessages(ctx context.Context, session string, params openapi.GetMessagesParams) (openapi.EventsResponse, error) {
	return call[openapi.EventsResponse](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.GetMessages(ctx, session, &params, e)
	})
}

// Events follows a session: it yields the events after a sequence, 0 for all, and then new ones as they happen, across
// turns. Each comes once, in order, and none is left out.
//
// A stream that is cut, by the network or by a server that is started anew, is opened again by itself after the event
// that was yielded last; see Retry. The loop ends when the session has ended for good. Any other end is an error, which
// is yielded last: an *Error when the server refuses (ErrNotFound also when the session is deleted meanwhile), ErrGap
// when the log lacks events, ctx's error when ctx ends. Leaving the loop closes the stream. Heeds IncludeRaw.
func (c *Client) Events(ctx context.Context, session string, after uint64, opts ...CallOption) iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		f := follower{client: c, session: session, last: after, opts: opts}
		f.events(ctx, yield)
	}
}

// StreamEvents is Events on one connection, as it is: it is neither opened again nor looked through for gaps. No error
// at the end says that the server closed it in order, which it does when the session has ended for good, and when the
// server stops. Heeds IncludeRaw.
func (c *Client) StreamEvents(ctx context.Context, session string, after uint64, opts ...CallOption) iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		s, err := c.openEvents(ctx, session, after, opts)
		if errors.Is(err, errOver) {
			return
		}
		if err != nil {
			yield(openapi.Event{}, err)
			return
		}
		s.events()(yield)
	}
}

// openEvents names the sequence twice: Last-Event-ID makes a server say that there is nothing more.
func (c *Client) openEvents(ctx context.Context, session string, after uint64, opts []CallOption) (*stream, error) {
	o := harmless(session)
	if err := o.check(); err != nil {
		return nil, err
	}
	params := openapi.StreamEventsParams{
		Offset:      int64(after),
		LastEventID: strconv.FormatUint(after, 10),
		IncludeRaw:  c.options(opts).raw,
	}
	return c.openStream(ctx, o, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.StreamEvents(ctx, session, &params, e)
	})
}

// A follower yields a log in order, over as many connections as it takes.
type follower struct {
	client  *Client
	session string
	opts    []CallOption
	last    uint64 // the sequence yielded last
	opened  bool   // a connection was open once
}

// events yields until the session is over, the caller leaves, or an error that is yielded too.
func (f *follower) events(ctx context.Context, yield func(openapi.Event, error) bool) {
	t := tries{retry: f.client.retry, op: harmless(f.session)}
	for {
		last := f.last
		err := f.connection(ctx, yield)
		if errors.Is(err, errOver) {
			return
		}
		if t.opened = f.opened; f.last > last {
			t.failures = 0
		}
		if err := t.again(ctx, err); err != nil {
			yield(openapi.Event{}, err)
			return
		}
	}
}

// connection yields the events of one connection. It returns why they are not all, or errOver.
func (f *follower) connection(ctx context.Context, yield func(openapi.Event, error) bool) error {
	s, err := f.client.openEvents(ctx, f.session, f.last, f.opts)
	if err != nil {
		return err
	}
	f.opened = true
	for ev, err := range s.events() {
		if err != nil {
			return err
		}
		if ev.Sequence <= f.last {
			continue
		}
		if ev.Sequence != f.last+1 {
			return fmt.Errorf("%w: %d follows %d", ErrGap, ev.Sequence, f.last)
		}
		f.last = ev.Sequence
		if !yield(ev, nil) || ended(ev) {
			return errOver
		}
	}
	return errCut
}
