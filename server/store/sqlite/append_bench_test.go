package sqlite

import (
	"bytes"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleyhq/parley/server/store"
)

// eventJSON is about as long as an item.delta on the wire.
var eventJSON = []byte(`{"type":"item.delta","text":"` + string(bytes.Repeat([]byte("x"), 268)) + `"}`)

// profile is as long as what a session keeps beside its log: options at creation, and the folded state.
var profile = []byte(`{"agent":"mock","env":"` + string(bytes.Repeat([]byte("x"), 1000)) + `"}`)

func BenchmarkAppend(b *testing.B) {
	for _, sessions := range []int{1, 64} {
		for _, events := range []int{1, 64} {
			b.Run(fmt.Sprintf("sessions=%d/events=%d", sessions, events), func(b *testing.B) {
				benchmarkAppend(b, sessions, events)
			})
		}
	}
}

// benchmarkAppend spreads b.N appends over the sessions; each waits for its last append, as an owner does.
func benchmarkAppend(b *testing.B, sessions, events int) {
	s := openBench(b, filepath.Join(b.TempDir(), "parley.db"))
	for i := range sessions {
		createBench(b, s, i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	started := time.Now()
	var left atomic.Int64
	left.Store(int64(b.N))
	var writers sync.WaitGroup
	for i := range sessions {
		writers.Go(func() {
			for after := uint64(0); left.Add(-1) >= 0; after += uint64(events) {
				appendBench(b, s, fmt.Sprint("session-", i), after, events)
			}
		})
	}
	writers.Wait()
	b.ReportMetric(float64(b.N*events)/time.Since(started).Seconds(), "events/s")
}

func openBench(b *testing.B, path string) *Store {
	b.Helper()
	s, err := Open(b.Context(), path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func createBench(b *testing.B, s *Store, i int) {
	key, err := s.NewKey(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	id := fmt.Sprint("session-", i)
	create := &store.Session{Key: key, ID: id, Created: time.Now(), Data: profile}
	state := &store.State{Status: "idle", Data: profile}
	if err := s.Append(b.Context(), store.Commit{Session: id, At: time.Now(), Create: create, State: state}); err != nil {
		b.Fatal(err)
	}
}

func appendBench(b *testing.B, s *Store, id string, after uint64, n int) {
	records := make([]store.Record, n)
	for i := range records {
		records[i] = store.Record{Sequence: after + 1 + uint64(i), Type: "item.delta", JSON: eventJSON}
	}
	if err := s.Append(b.Context(), store.Commit{Session: id, At: time.Now(), After: after, Records: records}); err != nil {
		b.Error(err)
	}
}
