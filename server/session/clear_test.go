package session

import (
	"errors"
	"testing"
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
