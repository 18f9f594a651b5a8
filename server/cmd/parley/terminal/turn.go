package terminal

import (
	"context"
	"errors"
	"iter"
	"os"
	"slices"

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

	waiting     []request              // what is to be answered
	asking      *request               // what is being answered
	held        []openapi.Event        // what came meanwhile
	answered    chan error             // how that went
	stopped     chan error             // how the interrupt went
	begun       bool                   // it runs
	interrupted bool                   // Ctrl-C was pressed
	end         *openapi.TurnEndedData // how it ended
}

// request is what the agent waits for.
type request struct {
	id     string
	answer func(context.Context) error
	cancel context.CancelFunc // while it is being answered
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
	forget(t.interrupts)
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
		case <-t.interrupts:
			if !t.interrupt(ctx) {
				return &Exit{Code: exitInterrupted}
			}
		}
	}
	return t.outcome()
}

// forget drops a Ctrl-C that came too late for the turn before.
func forget(interrupts <-chan os.Signal) {
	select {
	case <-interrupts:
	default:
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

// take looks at an event. While somebody is being asked, the screen is his.
func (t *turn) take(ctx context.Context, ev openapi.Event) {
	if !t.begun && t.interrupted {
		t.stop(ctx)
	}
	t.begun = true
	if t.asking == nil {
		t.handle(ev)
		t.ask(ctx)
		return
	}
	t.held = append(t.held, ev)
	if resolves(ev, t.asking.id) {
		t.asking.cancel()
	}
}

// resolves tells whether a request is not to be answered any more: somebody else has done it, or the turn is over.
func resolves(ev openapi.Event, id string) bool {
	switch d := ev.Data.(type) {
	case openapi.PermissionResolvedData:
		return d.PermissionID == id
	case openapi.QuestionResolvedData:
		return d.QuestionID == id
	case openapi.ToolResolvedData:
		return d.ToolCallID == id
	case openapi.TurnEndedData, openapi.SessionEndedData:
		return true
	}
	return false
}

// handle shows an event, and notes what is to be answered.
func (t *turn) handle(ev openapi.Event) {
	t.show(ev)
	t.waiting = slices.DeleteFunc(t.waiting, func(r request) bool { return resolves(ev, r.id) })
	switch d := ev.Data.(type) {
	case openapi.TurnEndedData:
		t.end = &d
	case openapi.PermissionRequestedData:
		t.add(d.PermissionID, func(ctx context.Context) error { return t.permission(ctx, d) })
	case openapi.QuestionRequestedData:
		t.add(d.QuestionID, func(ctx context.Context) error { return t.question(ctx, d) })
	case openapi.ToolRequestedData:
		t.add(d.ToolCallID, func(ctx context.Context) error { return t.tool(ctx, ev.TurnID, d) })
	}
}

func (t *turn) add(id string, answer func(context.Context) error) {
	t.waiting = append(t.waiting, request{id: id, answer: answer})
}

// ask answers the first request that waits, beside the stream.
func (t *turn) ask(ctx context.Context) {
	if len(t.waiting) == 0 {
		return
	}
	r := t.waiting[0]
	t.waiting = t.waiting[1:]
	ctx, r.cancel = context.WithCancel(ctx)
	t.asking = &r
	go func() { t.answered <- r.answer(ctx) }()
}

// goOn shows what came while somebody was asked, and asks the next.
func (t *turn) goOn(ctx context.Context, err error) error {
	t.asking.cancel()
	t.asking = nil
	switch {
	case errors.Is(err, errInterrupt):
		if !t.interrupt(ctx) {
			return &Exit{Code: exitInterrupted}
		}
	case err != nil:
		return err
	}
	for _, ev := range t.held {
		t.handle(ev)
	}
	t.held = nil
	if !t.interrupted {
		t.ask(ctx)
	}
	return nil
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
