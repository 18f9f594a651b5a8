package session

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store/storetest"
)

// Who lets a session expire while somebody else ends or erases it is told the truth, whatever comes first.
func TestClearWhileTheSessionEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world) error{
		"terminated": func(w *world) error { return w.Terminate(w.t.Context(), "s") },
		"deleted":    func(w *world) error { return w.Delete(w.t.Context(), "s") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 20 {
				w := newWorld(t)
				w.create("s")
				w.send("s", "hold")
				cleared, ended := make(chan error, 1), make(chan error, 1)
				go func() { cleared <- w.Clear(t.Context(), "s") }()
				go func() { ended <- end(w) }()
				var refused *Error
				if err := <-cleared; err != nil && (!errors.As(err, &refused) || refused.Code != CodeSessionNotFound || name != "deleted") {
					t.Fatalf("Clear: %v", err)
				}
				if err := <-ended; err != nil {
					t.Fatalf("end: %v", err)
				}
				w.stopNow(w.Service)
			}
		})
	}
}

// Where there is no end of a turn to wait for any more, nobody is told of a fault.
func TestAwaitEndOfAnEndedSession(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*world) error{
		"terminated": func(w *world) error { return w.Terminate(w.t.Context(), "s") },
		"deleted":    func(w *world) error { return w.Delete(w.t.Context(), "s") },
		"closed":     func(w *world) error { return w.Close(w.t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.create("s")
			f, err := w.Follow(t.Context(), "s", 0, false)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			w.must(end(w))
			if err := awaitEnd(t.Context(), f, 0); err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An expired session says how long it was not used: a cleared one, and one that has expired by the time and is taken up again.
func TestExpiredSaysHowLong(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	began := time.Now()
	w := &world{t: t, store: storetest.NewMemory(), puppet: &puppet{}}
	w.start(Config{Now: func() time.Time { return began.Add(time.Duration(clock.Load())) }})
	w.must(w.CreateAgentSession(t.Context(), "s", openapi.CreateAgentSessionRequest{AgentID: "puppet"}, Idempotency{}))
	w.send("s", "hello")
	w.awaitEnds("s", 1)
	restore := func() {
		t.Helper()
		if restored, err := w.Restore(t.Context(), "s", openapi.RestoreAgentSessionRequest{}); err != nil || !restored {
			t.Fatalf("restored %v, %v", restored, err)
		}
	}
	clock.Add(int64(time.Minute))
	w.must(w.Clear(t.Context(), "s"))
	restore()
	clock.Add(int64(25 * time.Hour))
	restore()
	var inactive []time.Duration
	for e, err := range w.Log(t.Context(), "s") {
		w.must(err)
		if d, ok := e.Data.(openapi.SessionExpiredData); ok {
			inactive = append(inactive, time.Duration(d.InactiveMs)*time.Millisecond)
		}
	}
	if !slices.Equal(inactive, []time.Duration{time.Minute, 25 * time.Hour}) {
		t.Errorf("it was not used for %v", inactive)
	}
	w.sameFold("s")
}
