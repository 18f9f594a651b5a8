package terminal

import (
	"context"
	"iter"
	"os"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// turn is one turn that is followed from here: its events are shown, its requests are answered, and Ctrl-C interrupts it.
type turn struct {
	client     *client.Client
	session    string
	show       func(openapi.Event)
	notes      *console
	reply      replier
	tools      tools
	interrupts <-chan os.Signal
	lost       <-chan struct{}

	waiting     []request              // what is to be answered
	asking      *request               // what is being answered
	settling    string                 // what was answered, and the log does not say so yet
	held        []openapi.Event        // what came meanwhile
	answered    chan error             // how that went
	stopped     chan error             // how the interrupt went
	begun       bool                   // it runs
	interrupted bool                   // Ctrl-C was pressed
	end         *openapi.TurnEndedData // how it ended
}

// come is an event that was read, or why there are no more.
type come struct {
	event openapi.Event
	err   error
}

// play follows the turn to its end. The error is nil when the turn has completed, and an *Exit when that was said already.
func (t *turn) play(ctx context.Context, events iter.Seq2[openapi.Event, error]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.answered, t.stopped = make(chan error, 1), make(chan error, 1)
	incoming := pump(ctx, events)
	for incoming != nil || t.asking != nil {
		select {
		case c, ok := <-incoming:
			if c.err != nil {
				return c.err
			}
			if !ok {
				incoming = nil // what was held back is still to be shown
				continue
			}
			t.take(ctx, c.event)
		case err := <-t.answered:
			if err := t.goOn(ctx, err); err != nil {
				return err
			}
		case err := <-t.stopped:
			if err != nil {
				return err
			}
		case <-t.lost:
			t.reconnects()
		case <-t.interrupts:
			if !t.interrupt(ctx) {
				return &Exit{Code: exitInterrupted}
			}
		}
	}
	if t.end == nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return t.outcome()
}

// reconnects tells that the stream is being opened again. Before there was one, the error will say enough.
func (t *turn) reconnects() {
	if t.begun && t.asking == nil {
		t.notes.line(t.notes.paint.dim, "the connection to the server is lost; trying again")
	}
}

// pump reads events beside whatever else goes on, until ctx ends.
func pump(ctx context.Context, events iter.Seq2[openapi.Event, error]) <-chan come {
	incoming := make(chan come)
	go func() {
		defer close(incoming)
		for ev, err := range events {
			select {
			case incoming <- come{ev, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return incoming
}

// interrupt asks the agent to stop; before the turn has begun that would hit the turn of somebody else, and waits. The second
// time it reports that there is nothing to wait for.
func (t *turn) interrupt(ctx context.Context) (waits bool) {
	if t.interrupted {
		return false
	}
	t.interrupted = true
	t.notes.line(t.notes.paint.dim, "interrupting; Ctrl-C again leaves")
	if t.begun {
		t.stop(ctx)
	}
	return true
}

func (t *turn) stop(ctx context.Context) {
	go func() { t.stopped <- t.client.InterruptSession(ctx, t.session) }()
}

// outcome says how the turn went.
func (t *turn) outcome() error {
	switch {
	case t.end != nil && t.end.Status == openapi.TurnStatusInterrupted && t.interrupted:
		return &Exit{Code: exitInterrupted}
	case t.end == nil:
		return &Exit{exitFailed, "the session was terminated before the turn was over"}
	case t.end.Status == openapi.TurnStatusCompleted || t.end.Status == "":
		return t.reply.refused()
	}
	return &Exit{Code: exitFailed}
}
