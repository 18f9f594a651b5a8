package session

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func TestTerminate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.send("s", "hold")
	w.send("s", "waits")
	w.await("s", typed(openapi.EventItemDelta))
	for range 2 {
		if err := w.Terminate(t.Context(), "s"); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.Follow(t.Context(), "s", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var events []openapi.Event
	for {
		records, err := f.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			events = append(events, decodeRecord(t, r))
		}
	}
	wantLines(t, events[len(events)-3:],
		"9 server turn_1 turn.ended interrupted",
		"10 server turn_2 message.dropped waits",
		"11 server  session.ended terminated",
	)
	if _, closed := w.puppet.counts(); closed != 1 {
		t.Error("the agent was not closed")
	}
	_, err = w.Message(t.Context(), "s", openapi.MessageRequest{Message: "x"}, Idempotency{})
	if e := wantCode(t, err, CodeInvalidRequest); e.Detail != "session terminated" {
		t.Errorf("detail %q", e.Detail)
	}
	err = w.ReplyPermission(t.Context(), "s", "p", openapi.PermissionReplyOnce, Idempotency{})
	if e := wantCode(t, err, CodeInvalidRequest); e.Detail != "session terminated" {
		t.Errorf("detail %q", e.Detail)
	}
	info, _ := w.Get(t.Context(), "s")
	if !info.Ended || info.Status != openapi.SessionStatusEnded {
		t.Errorf("session %+v", info)
	}
}

func TestTerminateWhileARequestWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["ask"] = asking
	w.create("s")
	w.send("s", "ask")
	w.await("s", func(e openapi.Event) bool { return line(e) == "6 agent turn_1 permission.requested b" })
	if err := w.Terminate(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	events := w.await("s", typed(openapi.EventSessionEnded))
	wantLines(t, events[6:],
		"7 server turn_1 permission.resolved b reject",
		"8 server turn_1 permission.resolved a reject",
		"9 server turn_1 turn.ended interrupted",
		"10 server  session.ended terminated",
	)
}

func TestStubbornAgentIsClosedByForce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		closed := make(chan struct{})
		w.puppet.scripts["deaf"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
			if err := h.Emit(say("m", "la la la")); err != nil {
				return completed, err
			}
			for { // it ignores the interrupt, until its process is gone
				time.Sleep(time.Second)
				if _, n := w.puppet.counts(); n > 0 {
					close(closed)
					return completed, errors.New("killed")
				}
			}
		}
		w.create("s")
		w.send("s", "deaf")
		w.await("s", typed(openapi.EventItemDelta))
		if err := w.Interrupt(t.Context(), "s"); err != nil {
			t.Fatal(err)
		}
		<-closed
		events := w.awaitEnds("s", 1)
		if got := line(events[len(events)-1]); got != "8 server turn_1 turn.ended interrupted" {
			t.Error(got)
		}
	})
}

func TestInterruptWithoutTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	if err := w.Interrupt(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.Interrupt(t.Context(), "other"), CodeSessionNotFound)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.send("s", "hold")
	f, err := w.Follow(t.Context(), "s", 6, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := w.Delete(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Next(t.Context())
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("the follower ended with %v", err)
	}
	_, err = w.Get(t.Context(), "s")
	wantCode(t, err, CodeSessionNotFound)
	wantCode(t, w.Delete(t.Context(), "s"), CodeSessionNotFound)
	w.create("s")
	w.send("s", "anew")
	events := w.awaitEnds("s", 1)
	if events[0].EventID == "evt_1_1" {
		t.Error("an event id was used twice")
	}
}

func TestCloseEndsFollowersAndAgents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.send("s", "hold")
	w.await("s", typed(openapi.EventItemDelta))
	f, err := w.Follow(t.Context(), "s", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w.stopNow(w.Service)
	for err == nil {
		_, err = f.Next(t.Context())
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("the follower ended with %v", err)
	}
	if _, closed := w.puppet.counts(); closed != 1 {
		t.Error("the agent was not closed")
	}
	w.start(Config{})
	events := w.awaitEnds("s", 1)
	wantLines(t, events[len(events)-2:], "8 server turn_1 error server_restarted", "9 server turn_1 turn.ended failed")
}

func TestDeleteAndCreateAgainAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 50 {
		w.create("s")
		deleted := make(chan error, 2)
		for range 2 {
			go func() { deleted <- w.Delete(context.Background(), "s") }()
		}
		_, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "hello"}, Idempotency{})
		first, second := <-deleted, <-deleted
		if first != nil && second != nil {
			t.Fatal(first, second)
		}
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) || refused.Code != CodeInvalidRequest && refused.Code != CodeSessionNotFound {
				t.Fatal(err)
			}
		}
	}
	w.create("s")
	w.send("s", "after all")
	w.awaitEnds("s", 1)
}
