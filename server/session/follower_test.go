package session

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// flood emits n deltas of a kilobyte, more than a ring holds when n is large.
func flood(n int) script {
	return func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		x := strings.Repeat("x", 1024)
		for range n {
			if err := h.Emit(openapi.ItemDelta{NativeItemID: "m", Delta: x, Raw: []byte(`{"raw": true}`)}); err != nil {
				return completed, err
			}
		}
		return completed, nil
	}
}

func TestFollowersMissNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["flood"] = flood(8000)
	w.create("s")
	var all sync.WaitGroup
	for _, after := range []uint64{0, 0, 1, 17, 5000} {
		all.Go(func() { followAll(t, w, after) })
	}
	w.send("s", "flood")
	all.Go(func() { followAll(t, w, 0) })
	w.awaitEnds("s", 1)
	all.Go(func() { followAll(t, w, 3) }) // falls off the ring
	if err := w.Terminate(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	followAll(t, w, 0)
	w.restart(Config{})
	followAll(t, w, 0)
}

// followAll follows to the session's end and proves that nothing is missing and nothing comes twice.
func followAll(t *testing.T, w *world, after uint64) {
	f, err := w.Follow(t.Context(), "s", after, true)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	for {
		records, err := f.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Error(err)
			return
		}
		for _, r := range records {
			if after++; r.Sequence != after {
				t.Errorf("event %d where %d was due", r.Sequence, after)
				return
			}
			if r.Type == openapi.EventItemDelta && string(r.Raw) != `{"raw": true}` {
				t.Errorf("raw %q", r.Raw)
			}
		}
	}
	if ended, last := f.Ended(); !ended || last != after {
		t.Errorf("ended %v at %d, followed to %d", ended, last, after)
	}
}

func TestFollowerWaitsPastTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	f, err := w.Follow(t.Context(), "s", 6, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Ready() {
		t.Error("ready at an offset that is not there yet")
	}
	w.send("s", "hello")
	records, err := f.Next(t.Context())
	if err != nil || records[0].Sequence != 7 {
		t.Errorf("records %v, %v", records, err)
	}
}

func TestFollowerLimitAndUnknownSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.restart(Config{Followers: 1})
	w.create("s")
	_, err := w.Follow(t.Context(), "none", 0, false)
	wantCode(t, err, CodeSessionNotFound)
	f, err := w.Follow(t.Context(), "s", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Follow(t.Context(), "s", 0, false)
	wantCode(t, err, CodeLimitExceeded)
	f.Close()
	f, err = w.Follow(t.Context(), "s", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.live) != 0 {
		t.Error("a session that nobody uses is kept")
	}
}

func TestEventsPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.send("s", "hello")
	w.awaitEnds("s", 1)
	limit := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		after uint64
		limit *int64
		n     int
		more  bool
	}{{0, nil, 8, false}, {0, limit(0), 0, true}, {0, limit(3), 3, true}, {5, limit(3), 3, false}, {8, limit(3), 0, false}, {99, nil, 0, false}} {
		p, err := w.Events(t.Context(), "s", c.after, c.limit, false)
		if err != nil || len(p.Records) != c.n || p.HasMore != c.more {
			t.Errorf("after %d: %d records, more %v, %v", c.after, len(p.Records), p.HasMore, err)
		}
	}
	_, err := w.Events(t.Context(), "none", 0, nil, false)
	wantCode(t, err, CodeSessionNotFound)
}
