package session

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store/sqlite"
)

func newDurableWorld(b *testing.B) *world {
	b.Helper()
	st, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close() })
	w := &world{t: b, store: st, puppet: &puppet{scripts: map[string]script{}}}
	w.start(Config{})
	return w
}

// BenchmarkDurableEvents is what owner and store take together: deltas that agents emit as fast as they can, each on disk
// before anybody sees it.
func BenchmarkDurableEvents(b *testing.B) {
	for _, sessions := range []int{1, 64} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) { benchDurable(b, sessions) })
	}
}

func benchDurable(b *testing.B, sessions int) {
	w := newDurableWorld(b)
	each := b.N/sessions + 1
	w.puppet.scripts["go"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		for range each {
			if err := h.Emit(openapi.ItemDelta{NativeItemID: "m", Delta: "some words of an answer "}); err != nil {
				return completed, err
			}
		}
		return completed, nil
	}
	for i := range sessions {
		w.create(fmt.Sprint(i))
	}
	b.ResetTimer()
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			a := w.send(fmt.Sprint(i), "go")
			w.awaitFrom(fmt.Sprint(i), a.Sequence+uint64(each), openapi.EventTurnEnded)
		})
	}
	all.Wait()
	b.ReportMetric(float64(sessions*each)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(0, "ns/op")
}

// awaitFrom follows from near the end, so that the following costs next to nothing.
func (w *world) awaitFrom(id string, after uint64, kind string) {
	f, err := w.Follow(w.t.Context(), id, after, false)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer f.Close()
	for {
		records, err := f.Next(w.t.Context())
		if err != nil {
			w.t.Error(err)
			return
		}
		if records[len(records)-1].Type == kind {
			return
		}
	}
}

// BenchmarkEmitToFollower is the way of one event at a real pace: 64 sessions at 100 tokens a second, each at its own
// moments, from Emit over the disk to a follower.
func BenchmarkEmitToFollower(b *testing.B) {
	w := newDurableWorld(b)
	const sessions, pace = 64, 10 * time.Millisecond
	each := b.N/sessions + 1
	var mu sync.Mutex
	var took []time.Duration
	emitted := make([][]time.Time, sessions)
	for i := range sessions {
		emitted[i] = make([]time.Time, each)
		w.puppet.scripts[fmt.Sprint(i)] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
			time.Sleep(pace * time.Duration(i) / sessions)
			tick := time.NewTicker(pace)
			defer tick.Stop()
			for n := range each {
				<-tick.C
				emitted[i][n] = time.Now()
				if err := h.Emit(openapi.ItemDelta{NativeItemID: "m", Delta: "word "}); err != nil {
					return completed, err
				}
			}
			return completed, nil
		}
		w.create(fmt.Sprint(i))
	}
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			mine := w.measure(i, emitted[i])
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
		})
	}
	all.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(0, "ns/op")
}

// measure sends one session its message and times each of its deltas.
func (w *world) measure(i int, emitted []time.Time) (took []time.Duration) {
	id := fmt.Sprint(i)
	a := w.send(id, id)
	f, err := w.Follow(w.t.Context(), id, a.Sequence, false)
	if err != nil {
		w.t.Error(err)
		return nil
	}
	defer f.Close()
	for len(took) < len(emitted) {
		records, err := f.Next(w.t.Context())
		if err != nil {
			w.t.Error(err)
			return took
		}
		now := time.Now()
		for _, r := range records {
			if r.Type == openapi.EventItemDelta {
				took = append(took, now.Sub(emitted[len(took)]))
			}
		}
	}
	return took
}

// BenchmarkCreate is durable session creation by 64 callers at once.
func BenchmarkCreate(b *testing.B) {
	w := newDurableWorld(b)
	b.SetParallelism(32)
	var next sync.Mutex
	n := 0
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			next.Lock()
			n++
			id := fmt.Sprint(n)
			next.Unlock()
			w.create(id)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sessions/s")
	b.ReportMetric(0, "ns/op")
}
