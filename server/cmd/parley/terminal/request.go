package terminal

import (
	"context"
	"errors"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// request is what the agent waits for.
type request struct {
	id      string
	settles bool // its answer comes back as an event; until then nothing else is asked
	answer  func(context.Context) error
	cancel  context.CancelFunc // while it is being answered
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
	if resolves(ev, t.settling) {
		t.settling = ""
	}
	t.waiting = slices.DeleteFunc(t.waiting, func(r request) bool { return resolves(ev, r.id) })
	switch d := ev.Data.(type) {
	case openapi.TurnEndedData:
		t.end = &d
	case openapi.PermissionRequestedData:
		t.add(request{id: d.PermissionID, settles: true, answer: func(ctx context.Context) error { return t.permission(ctx, d) }})
	case openapi.QuestionRequestedData:
		t.add(request{id: d.QuestionID, settles: true, answer: func(ctx context.Context) error { return t.question(ctx, d) }})
	case openapi.ToolRequestedData:
		t.add(request{id: d.ToolCallID, answer: func(ctx context.Context) error { return t.tool(ctx, ev.TurnID, d) }})
	}
}

func (t *turn) add(r request) { t.waiting = append(t.waiting, r) }

// ask answers the first request that waits, beside the stream.
func (t *turn) ask(ctx context.Context) {
	if len(t.waiting) == 0 || t.settling != "" {
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
	if t.asking.cancel(); t.asking.settles && err == nil {
		t.settling = t.asking.id
	}
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
