package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Turn is a turn that was started by Host.Turn.
type Turn struct {
	host    *Host
	cancel  context.CancelCauseFunc
	events  int // of the log when the turn began
	outputs int
	done    chan struct{}

	// readable after done
	outcome adapters.Outcome
	err     error
	said    []openapi.Output
}

// Turn gives an agent the session's next message and returns at once. The test that ends interrupts the turn, waits
// for it, and fails when the agent called its host after the end of the turn.
func (h *Host) Turn(t testing.TB, a adapters.Agent, text string) *Turn {
	t.Helper()
	return h.turn(t, context.Background(), a, text)
}

func (h *Host) turn(t testing.TB, ctx context.Context, a adapters.Agent, text string) *Turn {
	t.Helper()
	ctx, cancel := context.WithCancelCause(ctx)
	turn, in := h.begin(cancel, text)
	during := &turnHost{Host: h}
	go func() {
		defer close(turn.done)
		turn.outcome, turn.err = a.Turn(ctx, in, during)
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

func (h *Host) begin(cancel context.CancelCauseFunc, text string) (*Turn, adapters.Input) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turns++
	h.cancel = cancel
	in := adapters.Input{Number: h.turns, TurnID: fmt.Sprintf("turn_%d", h.turns), Text: text, Message: text}
	h.stamp.begin(in.TurnID)
	return &Turn{host: h, cancel: cancel, events: len(h.log), outputs: len(h.outputs), done: make(chan struct{})}, in
}

// Interrupt cancels the turn.
func (t *Turn) Interrupt() { t.cancel(context.Canceled) }

// Await returns the events of the turn as soon as done says so of them. The test fails when the turn ends before.
func (t *Turn) Await(tb testing.TB, what string, done func(log []openapi.Event) bool) []openapi.Event {
	tb.Helper()
	return t.host.await(tb, what, t.events, t.done, done)
}

// AwaitType waits for the n-th event of a type in the turn; the first one is 1.
func (t *Turn) AwaitType(tb testing.TB, eventType string, n int) openapi.Event {
	tb.Helper()
	var found openapi.Event
	t.Await(tb, eventType, func(log []openapi.Event) bool {
		left := n
		for _, e := range log {
			if e.Type() == eventType {
				found, left = e, left-1
			}
			if left == 0 {
				return true
			}
		}
		return false
	})
	return found
}

// Wait blocks until the turn is over. The test fails when that takes longer than the host's Timeout.
func (t *Turn) Wait(tb testing.TB) (adapters.Outcome, error) {
	tb.Helper()
	if err := t.over(t.host.Timeout); err != nil {
		tb.Fatal(err)
	}
	return t.outcome, t.err
}

// Outputs returns what the agent said in the turn, which must be over.
func (t *Turn) Outputs() []openapi.Output {
	<-t.done
	return t.said
}

func (t *Turn) over(limit time.Duration) error {
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case <-t.done:
		return nil
	case <-timeout.C:
		return fmt.Errorf("the turn is not over after %s; the log:\n%s", limit, print(t.host.Log()[t.events:]))
	}
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
