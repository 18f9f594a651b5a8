package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Turn gives an agent the session's next message and returns at once. The test that ends interrupts the turn, waits
// for it, and fails when the agent called its host after the end of the turn.
func (h *Host) Turn(t testing.TB, a adapters.Agent, text string) *Turn {
	t.Helper()
	return h.turn(t, context.Background(), a, text)
}

// Trigger fires a trigger, as Turn gives a message.
func (h *Host) Trigger(t testing.TB, a adapters.Agent, trigger openapi.TurnTrigger) *Turn {
	t.Helper()
	text, _ := trigger.Input["USER_MESSAGE"].(string)
	return h.play(t, context.Background(), a, adapters.Input{Text: text, Message: text, Trigger: &trigger})
}

// Resume lets an agent go on with a turn that has ended suspended, with the results that its calls have by now.
func (t *Turn) Resume(tb testing.TB, a adapters.Agent) *Turn {
	tb.Helper()
	<-t.done
	in := t.in
	in.Results = map[string]adapters.ToolResult{}
	for _, e := range t.host.Log() {
		if d, ok := e.Data.(openapi.ToolResolvedData); ok && e.TurnID == in.TurnID {
			in.Results[d.ToolCallID] = adapters.ToolResult{Status: d.Status, Result: d.Result, Error: d.Error}
		}
	}
	return t.host.play(tb, context.Background(), a, in)
}

func (h *Host) turn(t testing.TB, ctx context.Context, a adapters.Agent, text string) *Turn {
	t.Helper()
	return h.play(t, ctx, a, adapters.Input{Text: text, Message: text})
}

func (h *Host) play(t testing.TB, ctx context.Context, a adapters.Agent, in adapters.Input) *Turn {
	t.Helper()
	ctx, cancel := context.WithCancelCause(ctx)
	turn := h.begin(cancel, in)
	during := &turnHost{Host: h}
	go func() {
		defer close(turn.done)
		turn.outcome, turn.err = a.Turn(ctx, turn.in, during)
		during.over.Store(true)
		turn.said = h.Outputs()[turn.outputs:]
	}()
	t.Cleanup(func() {
		cancel(context.Canceled)
		if err := turn.over(h.Timeout); err != nil {
			t.Error(err)
			return
		}
		if late := during.late.Load(); late > 0 {
			t.Errorf("the host was called %d times after the end of its turn", late)
		}
	})
	return turn
}

// begin gives a new turn its number; one that goes on has it.
func (h *Host) begin(cancel context.CancelCauseFunc, in adapters.Input) *Turn {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cancel = cancel
	if in.Results == nil {
		h.turns++
		in.Number, in.TurnID = h.turns, fmt.Sprintf("turn_%d", h.turns)
		h.stamp.begin(in.TurnID)
	}
	return &Turn{host: h, cancel: cancel, in: in, events: len(h.log), outputs: len(h.outputs), done: make(chan struct{})}
}

// turnHost is the host of one turn. It counts the calls that come after its end.
type turnHost struct {
	*Host
	over atomic.Bool
	late atomic.Int64
}

var errOver = errors.New("adaptertest: the turn is over")

func (h *turnHost) Emit(o openapi.Output) error {
	if h.isOver() {
		return errOver
	}
	return h.Host.Emit(o)
}

func (h *turnHost) AskPermission(r adapters.PermissionRequest) (adapters.Pending[openapi.PermissionReply], error) {
	if h.isOver() {
		return nil, errOver
	}
	return h.Host.AskPermission(r)
}

func (h *turnHost) AskQuestion(r adapters.QuestionRequest) (adapters.Pending[adapters.QuestionReply], error) {
	if h.isOver() {
		return nil, errOver
	}
	return h.Host.AskQuestion(r)
}

func (h *turnHost) CallTool(c adapters.ToolCall) (adapters.Pending[adapters.ToolResult], error) {
	if h.isOver() {
		return nil, errOver
	}
	return h.Host.CallTool(c)
}

func (h *turnHost) isOver() bool {
	if h.over.Load() {
		h.late.Add(1)
		return true
	}
	return false
}
