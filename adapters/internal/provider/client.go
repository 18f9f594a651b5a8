package provider

import (
	"context"
	"errors"
	"iter"
	"strings"
)

// api is one provider's way to be called.
type api interface {
	// open sends a request, and returns once the answer begins.
	open(ctx context.Context, r Request) (events, error)
}

// events are the events of one answer.
type events interface {
	// next waits for an event and puts what it says into the assembly. io.EOF says that there are no more.
	next(a *assembly) error
	close()
}

// client is the Provider of an api.
type client struct {
	name string
	key  string
	api  api
}

func (c *client) Stream(ctx context.Context, r Request) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		if err := c.stream(ctx, r, yield); err != nil {
			yield(nil, c.describe(ctx, err, r.Model))
		}
	}
}

// stream returns nil also when the loop was left.
func (c *client) stream(ctx context.Context, r Request, yield func(Part, error) bool) error {
	if err := r.check(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, err := c.api.open(ctx, r)
	if err != nil {
		return err
	}
	defer events.close()
	return play(events, yield)
}

// play yields an answer event by event.
func play(e events, yield func(Part, error) bool) error {
	a := &assembly{}
	for {
		err := e.next(a)
		over := err != nil
		if over {
			err = a.complete(err)
		}
		for _, part := range a.take() {
			if !yield(part, nil) {
				return nil
			}
		}
		if over {
			return err
		}
	}
}

const (
	// longestMessage bounds what is kept of a provider's words.
	longestMessage = 2 << 10
	// shortestKey is what looks like a secret: local servers are given any word for a key, and it may stand in any text.
	shortestKey = 8
)

// describe makes the error that the caller sees. What nobody made an *Error of is an event that could not be read.
func (c *client) describe(ctx context.Context, err error, model string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	failed := &Error{Kind: KindProvider, Message: "the stream cannot be read: " + err.Error(), Retryable: true, Err: err}
	if told := (*Error)(nil); errors.As(err, &told) {
		failed = told
	}
	failed.Provider, failed.Model = c.name, model
	if len(c.key) >= shortestKey {
		failed.Message = strings.ReplaceAll(failed.Message, c.key, "***")
	}
	failed.Message = beginning(failed.Message)
	return failed
}

// beginning is what is kept of a message, up to a whole character.
func beginning(message string) string {
	message = valid(message)
	return strings.ToValidUTF8(message[:min(len(message), longestMessage)], "")
}
