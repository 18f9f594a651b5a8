package session

import (
	"sync"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

func TestIdempotency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := Idempotency{Key: "k", Hash: []byte("h")}
	other := Idempotency{Key: "k", Hash: []byte("other")}
	create := openapi.CreateSessionRequest{Agent: "puppet"}
	for range 2 {
		if _, err := w.Create(t.Context(), "s", create, key); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Create(t.Context(), "s", create, other)
	wantCode(t, err, CodeIdempotencyConflict)
	_, err = w.Create(t.Context(), "s", create, Idempotency{})
	wantCode(t, err, CodeSessionExists)

	hello := openapi.MessageRequest{Message: "hello"}
	first, err := w.Message(t.Context(), "s", hello, key)
	if err != nil {
		t.Fatal(err)
	}
	w.awaitEnds("s", 1)
	w.restart(Config{})
	again, err := w.Message(t.Context(), "s", hello, key)
	if err != nil || again != first || first.Sequence != 2 {
		t.Errorf("first %+v, again %+v, %v", first, again, err)
	}
	_, err = w.Message(t.Context(), "s", hello, other)
	wantCode(t, err, CodeIdempotencyConflict)
	if events := w.awaitEnds("s", 1); len(events) != 8 {
		t.Errorf("events\n%s", show(events))
	}
}

func TestIdempotentReply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["ask"] = asking
	w.create("s")
	w.send("s", "ask")
	w.await("s", typed(openapi.EventPermissionRequested))
	key := Idempotency{Key: "k", Hash: []byte("once")}
	for range 2 {
		if err := w.ReplyPermission(t.Context(), "s", "a", openapi.PermissionReplyOnce, key); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConcurrentCreateHasOneWinner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const many = 30
	errs := make([]error, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			_, errs[i] = w.Create(t.Context(), "s", openapi.CreateSessionRequest{Agent: "puppet"}, Idempotency{})
		})
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantCode(t, err, CodeSessionExists)
	}
	if won != 1 {
		t.Errorf("%d creates won", won)
	}
}

func TestConcurrentMessagesWithOneKeyAreOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	key := Idempotency{Key: "k", Hash: []byte("h")}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "once"}, key); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.awaitEnds("s", 1)
	info, _ := w.Get(t.Context(), "s")
	if info.EventCount != 8 || info.QueuedMessages != 0 {
		t.Errorf("session %+v", info)
	}
}
