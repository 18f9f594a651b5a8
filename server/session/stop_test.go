package session

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/store/storetest"
)

// TestStopKeepsWaitingMessages: a message that waits when the service stops is run by the next one.
func TestStopKeepsWaitingMessages(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	w.create("s")
	w.send("s", "hold")
	w.send("s", "later")
	w.await("s", typed(openapi.EventItemDelta))
	reached, release := f.Stall(storetest.Event(openapi.EventTurnEnded))
	w.must(w.Interrupt(t.Context(), "s"))
	<-reached
	w.Service.cancel() // as Close does
	release()
	w.restart(Config{})
	events := w.awaitEnds("s", 2)
	if d := events[len(events)-1].Data.(openapi.TurnEndedData); d.Status != openapi.TurnStatusCompleted || events[len(events)-1].TurnID != "turn_2" {
		t.Errorf("events\n%s", show(events))
	}
}

// TestStopLeavesACompletedTurnCompleted although its end is written only when the service stops already.
func TestStopLeavesACompletedTurnCompleted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gate{Store: storetest.NewMemory()}
		w := &world{t: t, store: g, puppet: &puppet{scripts: map[string]script{}}}
		w.start(Config{})
		w.create("s")
		w.puppet.scripts["stall"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
			open := g.close()
			time.AfterFunc(time.Second, open)
			return completed, h.Emit(say("m", "all done"))
		}
		w.send("s", "stall")
		synctest.Wait() // the end is in the queue, the owner waits for the store
		w.restart(Config{})
		events := w.awaitEnds("s", 1)
		if got := line(events[len(events)-1]); got != "8 server turn_1 turn.ended completed" {
			t.Errorf("events\n%s", show(events))
		}
	})
}

// TestFollowDuringClose: who begins to follow while the service closes comes to an end too.
func TestFollowDuringClose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	h := &hooked{Store: w.store}
	w.stopNow(w.Service)
	w.store = h
	w.start(Config{})
	h.session = func() { w.stopNow(w.Service) }
	f, err := w.Follow(t.Context(), "s", 1, false)
	if err != nil {
		return // refused: fine as well
	}
	defer f.Close()
	if _, err = f.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("the follower ended with %v", err)
	}
}

// hooked is a store that does something once before it answers.
type hooked struct {
	store.Store
	session, read func()
}

func (h *hooked) Session(ctx context.Context, id string) (store.Session, error) {
	row, err := h.Store.Session(ctx, id)
	if do := h.session; do != nil {
		h.session = nil
		do()
	}
	return row, err
}

func (h *hooked) Read(ctx context.Context, id string, after uint64, p store.Page) ([]store.Record, error) {
	if do := h.read; do != nil {
		h.read = nil
		do()
	}
	return h.Store.Read(ctx, id, after, p)
}

// TestFollowerIsNotGivenAnotherSessionsEvents: the id it follows by is free after a deletion.
func TestFollowerIsNotGivenAnotherSessionsEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.send("s", "a")
	w.awaitEnds("s", 1)
	h := &hooked{Store: w.store}
	w.stopNow(w.Service)
	w.store = h
	w.start(Config{})
	f, err := w.Follow(t.Context(), "s", 1, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Seek(1)
	h.read = func() {
		w.must(w.Delete(t.Context(), "s"))
		w.create("s")
		w.send("s", "of the other session")
		w.awaitEnds("s", 1)
	}
	if records, err := f.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("%d records, %v", len(records), err)
	}
}

// TestRetriedCreateIsTheSame: also when the first one wins while the second is on its way.
func TestRetriedCreateIsTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := &hooked{Store: w.store}
	w.stopNow(w.Service)
	w.store = lateSession{h}
	w.start(Config{})
	key := Idempotency{Key: "k", Hash: []byte("h")}
	req := openapi.CreateSessionRequest{Agent: "puppet"}
	h.session = func() {
		_, err := w.Create(t.Context(), "s", req, key)
		w.must(err)
	}
	if _, err := w.Create(t.Context(), "s", req, key); err != nil {
		t.Error(err)
	}
}

// lateSession lets the hook run before the session is looked for.
type lateSession struct{ *hooked }

func (l lateSession) Session(ctx context.Context, id string) (store.Session, error) {
	if do := l.session; do != nil {
		l.session = nil
		do()
	}
	return l.Store.Session(ctx, id)
}

// TestKeysDoNotOutliveTheirSession: a message to another session of the same id is not one that was sent before.
func TestKeysDoNotOutliveTheirSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := Idempotency{Key: "k", Hash: []byte("h")}
	for range 2 {
		w.create("s")
		if _, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "x"}, key); err != nil {
			t.Fatal(err)
		}
		w.awaitEnds("s", 1)
		w.must(w.Delete(t.Context(), "s"))
	}
}

// slowAdapter closes its agents slowly and counts how many there are at once.
type slowAdapter struct {
	*puppet
	now, most atomic.Int32
}

type slowAgent struct {
	adapters.Agent
	a *slowAdapter
}

func (a *slowAdapter) Open(ctx context.Context, o adapters.Options) (adapters.Agent, error) {
	agent, err := a.puppet.Open(ctx, o)
	a.most.Store(max(a.most.Load(), a.now.Add(1)))
	return slowAgent{agent, a}, err
}

func (s slowAgent) Close(ctx context.Context) error {
	err := s.Agent.Close(ctx)
	time.Sleep(time.Second)
	s.a.now.Add(-1)
	return err
}

// TestOneAgentAtATime: the next turn waits until an agent that had to be closed is gone.
func TestOneAgentAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &slowAdapter{puppet: &puppet{scripts: map[string]script{}}}
		a.scripts["deaf"] = func(context.Context, adapters.Input, adapters.Host) (adapters.Outcome, error) {
			for {
				time.Sleep(time.Millisecond)
				if _, n := a.counts(); n > 0 {
					return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
				}
			}
		}
		s, err := New(Config{Store: storetest.NewMemory(), Adapters: []adapters.Adapter{a}})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{Service: s, t: t, puppet: a.puppet}
		w.create("s")
		w.send("s", "deaf")
		w.send("s", "next")
		w.must(w.Interrupt(t.Context(), "s"))
		w.awaitEnds("s", 2)
		w.stopNow(s)
		if a.most.Load() > 1 {
			t.Errorf("%d agents at once", a.most.Load())
		}
	})
}
