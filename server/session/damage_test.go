package session

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// oneBad is a store with a row that cannot be read beside the good ones.
type oneBad struct{ store.Store }

func (o oneBad) Unfinished(ctx context.Context) iter.Seq2[store.Session, error] {
	return func(yield func(store.Session, error) bool) {
		if yield(store.Session{Key: 99, ID: "bad"}, store.ErrCorrupt) {
			o.Store.Unfinished(ctx)(yield)
		}
	}
}

func (o oneBad) Sessions(ctx context.Context, f store.Filter) ([]store.Session, error) {
	rows, err := o.Store.Sessions(ctx, f)
	return rows, errors.Join(err, store.ErrCorrupt)
}

func TestOneBadRowConcernsOnlyItself(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	w.create("s")
	w.send("s", "hold")
	w.await("s", typed(openapi.EventItemDelta))
	f.Break(errFull)
	w.stopNow(w.Service)
	f.Mend()
	w.store = oneBad{w.store}
	w.start(Config{Sessions: 10})
	w.awaitEnds("s", 1) // recovered
	list, err := w.List(t.Context(), 0, "")
	if err != nil || len(list.Sessions) != 1 {
		t.Errorf("list %+v, %v", list, err)
	}
	if _, err := w.AllPending(t.Context()); err != nil {
		t.Error(err)
	}
	w.create("new")
}

// badEvents is a store in which single events cannot be read.
type badEvents struct{ store.Store }

func (b badEvents) Read(ctx context.Context, id string, after uint64, p store.Page) ([]store.Record, error) {
	if p.Limit == 1 {
		return nil, store.ErrCorrupt
	}
	return b.Store.Read(ctx, id, after, p)
}

// TestUnreadableWaitingMessage: the session goes on without it and can be ended.
func TestUnreadableWaitingMessage(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	w.create("s")
	w.send("s", "hold")
	w.send("s", "lost")
	w.await("s", typed(openapi.EventItemDelta))
	f.Break(errFull)
	w.stopNow(w.Service)
	f.Mend()
	w.store = badEvents{w.store}
	w.start(Config{})
	events := w.awaitEnds("s", 2)
	if last := events[len(events)-1]; last.TurnID != "turn_2" || last.Data.(openapi.TurnEndedData).Status != openapi.TurnStatusFailed {
		t.Errorf("events\n%s", show(events))
	}
	w.must(w.Terminate(t.Context(), "s"))
	w.must(w.Delete(t.Context(), "s"))
}

// badState is a store in which the state of a session is damaged.
type badState struct{ store.Store }

func (b badState) Session(ctx context.Context, id string) (store.Session, error) {
	row, err := b.Store.Session(ctx, id)
	row.State.Data = []byte("{")
	return row, err
}

func TestDamagedSessionCanBeDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.stopNow(w.Service)
	good := w.store
	w.store = badState{good}
	w.start(Config{})
	_, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "x"}, Idempotency{})
	wantCode(t, err, CodeInternal)
	w.must(w.Delete(t.Context(), "s"))
	if _, err := good.Session(t.Context(), "s"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the session is still there: %v", err)
	}
}

// TestWaitThatOutlivesItsTurn does no harm: an adapter's mistake must not end the server.
func TestWaitThatOutlivesItsTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var waits sync.WaitGroup
	w.puppet.scripts["leave"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		for i := range 20 {
			p, err := h.AskPermission(adapters.PermissionRequest{ID: string(rune('a' + i)), Action: "x"})
			if err != nil {
				return completed, err
			}
			waits.Go(func() { _, _ = p.Wait(ctx) })
		}
		return completed, nil
	}
	w.create("s")
	for i := range 30 {
		w.send("s", "leave")
		w.awaitEnds("s", i+1)
	}
	waits.Wait()
}

// TestItemIDsAreUnique also when a parent is named first at the end of an item.
func TestItemIDsAreUnique(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["x"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		o := say("m", "text").(openapi.ItemCompleted)
		if err := h.Emit(openapi.ItemStarted{Item: o.Item}); err != nil {
			return completed, err
		}
		parent := "p"
		o.Item.ParentID = &parent
		return completed, h.Emit(o)
	}
	w.create("s")
	w.send("s", "x")
	w.send("s", "x")
	turns := map[string]string{}
	for _, e := range w.awaitEnds("s", 2) {
		d, ok := e.Data.(openapi.ItemCompletedData)
		if !ok {
			continue
		}
		ids := []string{d.Item.ItemID}
		if d.Item.ParentID != nil {
			ids = append(ids, *d.Item.ParentID)
		}
		for _, id := range ids {
			if turn := turns[id]; turn != "" && turn != e.TurnID {
				t.Errorf("%s is used in %s and %s", id, turn, e.TurnID)
			}
			turns[id] = e.TurnID
		}
	}
}
