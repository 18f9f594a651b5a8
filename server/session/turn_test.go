package session

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func TestTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("a b/c%")
	w.send("a b/c%", "hello")
	wantLines(t, w.awaitEnds("a b/c%", 1),
		"1 server  session.started",
		"2 server turn_1 turn.started",
		"3 server turn_1 item.started itm_1 hello",
		"4 server turn_1 item.completed itm_1 hello",
		"5 server turn_1 item.started itm_2 hello",
		"6 server turn_1 item.delta itm_2 hello",
		"7 agent turn_1 item.completed itm_2 hello",
		"8 server turn_1 turn.ended completed",
	)
}

func TestBlankMessageIsATurnWithoutAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.send("s", " \n ")
	wantLines(t, w.awaitEnds("s", 1),
		"1 server  session.started",
		"2 server turn_1 turn.started",
		"3 server turn_1 turn.ended completed",
	)
	if opened, _ := w.puppet.counts(); opened != 0 {
		t.Error("an agent was opened for a blank message")
	}
}

func TestMessagesQueueInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.send("s", "hold")
	w.send("s", "second")
	third := w.send("s", "third")
	if third.TurnID != "turn_3" {
		t.Errorf("third message is %s", third.TurnID)
	}
	info, err := w.Get(t.Context(), "s")
	if err != nil || info.QueuedMessages != 2 || info.Status != openapi.SessionStatusRunning {
		t.Errorf("session %+v, %v", info, err)
	}
	w.await("s", func(e openapi.Event) bool { return e.Type() == openapi.EventItemDelta })
	if err := w.Interrupt(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, e := range w.awaitEnds("s", 3) {
		switch e.Type() {
		case openapi.EventTurnStarted, openapi.EventTurnEnded, openapi.EventMessageQueued:
			order = append(order, line(e)[len("00 server"):])
		}
	}
	for i, want := range []string{"turn_1 turn.started", "turn_2 message.queued second", "turn_3 message.queued third",
		"turn_1 turn.ended interrupted", "turn_2 turn.started", "turn_2 turn.ended completed",
		"turn_3 turn.started", "turn_3 turn.ended completed"} {
		if i >= len(order) || trim(order[i]) != want {
			t.Fatalf("order %q, want %q at %d", order, want, i)
		}
	}
}

func trim(s string) string {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	return s
}

func TestQueueLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.restart(Config{Queue: 2})
	w.create("s")
	w.send("s", "hold")
	w.send("s", "1")
	w.send("s", "2")
	_, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "3"}, Idempotency{})
	wantCode(t, err, CodeLimitExceeded)
}

func wantCode(t testing.TB, err error, code Code) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("error %v, want code %s", err, code)
	}
	return e
}

func TestAgentDies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	exit := 3
	w.puppet.scripts["die"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		if _, err := h.AskPermission(adapters.PermissionRequest{ID: "p", Action: "live"}); err != nil {
			return completed, err
		}
		return completed, &adapters.ExitError{Message: "gone", ExitCode: &exit, Stderr: openapi.Stderr{Tail: "why"}}
	}
	w.create("s")
	w.send("s", "die")
	w.awaitEnds("s", 1)
	w.send("s", "again")
	events := w.awaitEnds("s", 2)
	wantLines(t, events[4:9],
		"5 agent turn_1 permission.requested p",
		"6 server turn_1 error process_exit",
		"7 server turn_1 permission.resolved p reject",
		"8 server turn_1 turn.ended failed",
		"9 server turn_2 turn.started",
	)
	details := events[5].Data.(openapi.ErrorData).Details.(map[string]any)
	if details["exit_code"] != 3.0 || details["stderr"].(map[string]any)["tail"] != "why" {
		t.Errorf("details %v", details)
	}
	if opened, closed := w.puppet.counts(); opened != 2 || closed != 1 {
		t.Errorf("%d agents opened, %d closed", opened, closed)
	}
}

func TestAgentCannotBeOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.failing = adapters.ErrNotInstalled
	w.create("s")
	w.send("s", "hello")
	events := w.awaitEnds("s", 1)
	wantLines(t, events[4:], "5 server turn_1 error agent_not_installed", "6 server turn_1 turn.ended failed")
}

func TestAdapterPanics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["panic"] = func(context.Context, adapters.Input, adapters.Host) (adapters.Outcome, error) {
		panic("oh")
	}
	w.create("s")
	w.send("s", "panic")
	events := w.awaitEnds("s", 1)
	wantLines(t, events[4:], "5 server turn_1 error agent_error", "6 server turn_1 turn.ended failed")
}

func TestAgentIsKeptBetweenTurnsAndClosedWhenIdle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.restart(Config{Idle: 10 * time.Millisecond})
	w.create("s")
	w.send("s", "one")
	w.awaitEnds("s", 1)
	over := w.ownerOf("s")
	<-over
	if opened, closed := w.puppet.counts(); opened != 1 || closed != 1 {
		t.Errorf("%d agents opened, %d closed", opened, closed)
	}
	w.send("s", "two")
	w.awaitEnds("s", 2)
}

// ownerOf returns what is closed when the session's owner has gone.
func (w *world) ownerOf(id string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.Service.live[id]
	if l == nil {
		gone := make(chan struct{})
		close(gone)
		return gone
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.owner.over
}
