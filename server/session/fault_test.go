package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/store/storetest"
)

var errFull = errors.New("disk full")

func newFaultyWorld(t testing.TB) (*world, *storetest.Faulty) {
	f := storetest.NewFaulty(storetest.NewMemory())
	w := &world{t: t, store: f, puppet: &puppet{scripts: map[string]script{"hold": hold}}}
	w.start(Config{})
	return w, f
}

func TestRefusedCommitIsNeverShown(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	w.create("s")
	f.Break(errFull)
	_, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "lost"}, Idempotency{})
	if !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
	f.Mend()
	w.send("s", "kept")
	wantLines(t, w.awaitEnds("s", 1)[:4],
		"1 server  session.started",
		"2 server turn_1 turn.started",
		"3 server turn_1 item.started itm_1 kept",
		"4 server turn_1 item.completed itm_1 kept",
	)
}

func TestTurnWhoseLogCannotBeWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, f := newFaultyWorld(t)
		refused := make(chan error, 1)
		w.puppet.scripts["talk"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
			var err error
			for err == nil {
				err = h.Emit(openapi.ItemDelta{NativeItemID: "m", Delta: "x"})
			}
			<-ctx.Done()
			refused <- err
			return completed, nil
		}
		w.create("s")
		f.Fail(storetest.Nth(3), errFull)
		w.send("s", "talk")
		if err := <-refused; !errors.Is(err, errFull) {
			t.Errorf("Emit said %v", err)
		}
		events := w.awaitEnds("s", 1) // recovery, after a rest
		wantLines(t, events[len(events)-2:],
			line(events[len(events)-2]), // its sequence depends on how much was written
			line(events[len(events)-1]))
		if d, ok := events[len(events)-2].Data.(openapi.ErrorData); !ok || *d.Code != codeUnwritten {
			t.Errorf("events\n%s", show(events))
		}
	})
}

func TestCommitThatWasDurableAfterAll(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	w.create("s")
	f.CutShort(storetest.Event(openapi.EventTurnStarted), errFull)
	if _, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "said"}, Idempotency{}); err == nil {
		t.Error("an error was swallowed")
	}
	w.send("s", "next")
	events := w.awaitEnds("s", 2)
	wantLines(t, events[1:6],
		"2 server turn_1 turn.started",
		"3 server turn_1 item.started itm_1 said",
		"4 server turn_1 item.completed itm_1 said",
		"5 server turn_1 error log_unwritable",
		"6 server turn_1 turn.ended failed",
	)
}

func TestRecoveryClosesTheCutTurnAndRunsTheQueue(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	w.puppet.scripts["ask"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		_, err := permit(ctx, h, "p", "x")
		return completed, err
	}
	w.create("s")
	w.send("s", "ask")
	w.send("s", "next")
	w.await("s", typed(openapi.EventPermissionRequested))
	f.Break(errFull) // from here on nothing is written, as after a kill
	w.stopNow(w.Service)
	f.Mend()
	w.start(Config{})
	events := w.awaitEnds("s", 2)
	wantLines(t, events[6:10],
		"7 server turn_1 permission.resolved p reject",
		"8 server turn_1 error server_restarted",
		"9 server turn_1 turn.ended failed",
		"10 server turn_2 turn.started",
	)
	if d := events[6].Data.(openapi.PermissionResolvedData); d.Action != "x" || d.Metadata["why"] != "test" {
		t.Errorf("resolved %+v", d)
	}
}

func TestEmitIsHeldUpByTheStore(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	emitted := make(chan int, 1000)
	w.puppet.scripts["talk"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		for i := range 1000 {
			if err := h.Emit(openapi.ItemDelta{NativeItemID: "m", Delta: "x"}); err != nil {
				return completed, err
			}
			emitted <- i
		}
		close(emitted)
		return completed, nil
	}
	w.create("s")
	reached, release := f.Stall(storetest.Event(openapi.EventItemDelta))
	w.send("s", "talk")
	<-reached
	release()
	events := w.awaitEnds("s", 1)
	next := 0
	for i := range emitted {
		if i != next {
			t.Fatalf("emitted %d after %d", i, next)
		}
		next++
	}
	deltas := 0
	for i, e := range events {
		if e.Sequence != uint64(i+1) {
			t.Fatalf("event %d stands at %d", e.Sequence, i+1)
		}
		if e.Type() == openapi.EventItemDelta {
			deltas++
		}
	}
	if deltas != 1000 {
		t.Errorf("%d deltas", deltas)
	}
}

// damaged is a store in which the log of one session is damaged.
type damaged struct {
	store.Store
	session string
}

func (d damaged) Read(ctx context.Context, session string, after uint64, p store.Page) ([]store.Record, error) {
	if session == d.session {
		return nil, fmt.Errorf("%w: page 7", store.ErrCorrupt)
	}
	return d.Store.Read(ctx, session, after, p)
}

func TestDamagedSessionFailsAloneAndSaysSo(t *testing.T) {
	t.Parallel()
	w := &world{t: t, store: damaged{storetest.NewMemory(), "bad"}, puppet: &puppet{scripts: map[string]script{}}}
	w.start(Config{})
	w.create("bad")
	w.create("good")
	_, err := w.Follow(t.Context(), "bad", 0, false)
	if e := wantCode(t, err, CodeInternal); e.SessionID != "bad" || !strings.Contains(e.Detail, "unreadable") {
		t.Errorf("error %+v", e)
	}
	_, err = w.Events(t.Context(), "bad", 0, nil, false)
	wantCode(t, err, CodeInternal)
	w.send("good", "hello")
	w.awaitEnds("good", 1)
}
