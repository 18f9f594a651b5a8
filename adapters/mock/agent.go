package mock

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var errClosed = errors.New("mock: the agent is closed")

// agent lives until it is closed, or crashes.
type agent struct {
	delay   time.Duration
	history func(context.Context, uint64) iter.Seq2[openapi.Event, error] // nil = nothing is known
	life    context.Context
	end     context.CancelCauseFunc
}

// Turn implements adapters.Agent.
func (a *agent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(a.life, func() { cancel(errClosed) })()
	if a.life.Err() != nil {
		return adapters.Outcome{}, errClosed
	}
	t := &turn{ctx: ctx, host: h, delay: a.delay}
	err := t.play(a.choose(in))
	t.complete()
	switch exit := (*adapters.ExitError)(nil); {
	case err == nil:
		return adapters.Outcome{Status: openapi.TurnStatusCompleted}, nil
	case errors.Is(err, errSuspended):
		return adapters.Outcome{Suspended: true}, nil
	case errors.Is(err, errFailed):
		return adapters.Outcome{Status: openapi.TurnStatusFailed}, nil
	case errors.As(err, &exit):
		a.end(err)
		return adapters.Outcome{}, err
	case a.life.Err() != nil:
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
	}
	return adapters.Outcome{}, err
}

// Close implements adapters.Agent.
func (a *agent) Close(context.Context) error {
	a.end(errClosed)
	return nil
}

// turn is a script on its way. Only the turn's goroutine uses it.
type turn struct {
	ctx   context.Context
	host  adapters.Host
	delay time.Duration
	open  *openapi.Item // started and not completed; a script has one at a time
	said  []byte        // the deltas of open
	asked []func() error
}

// play runs a script to its end, or to an interrupt.
func (t *turn) play(s script) error {
	for _, step := range s {
		if err := step(t); err != nil {
			return err
		}
	}
	return nil
}

// emit hands over one output, unless the turn is interrupted.
func (t *turn) emit(o openapi.Output) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	switch o := o.(type) {
	case openapi.ItemStarted:
		t.open, t.said = &o.Item, nil
	case openapi.ItemDelta:
		t.said = append(t.said, o.Delta...)
	case openapi.ItemCompleted:
		t.open = nil
	}
	return t.host.Emit(o)
}

// complete ends the item that an interrupt or a crash has left open: failed, with the text so far.
func (t *turn) complete() {
	if t.open == nil {
		return
	}
	item := *t.open
	item.Status = openapi.ItemStatusFailed
	if len(t.said) > 0 {
		item.Content = openapi.Parts(openapi.TextPart{Text: string(t.said)})
	}
	_ = t.host.Emit(openapi.ItemCompleted{Item: item}) // a host that fails has told the session so itself
}

// pause waits, and is cut short by an interrupt.
func (t *turn) pause(d time.Duration) error {
	if d <= 0 {
		return t.ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
}
