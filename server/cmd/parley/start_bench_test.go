package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/store/sqlite"
)

// BenchmarkStart measures from the start of the program to the first answer, with many sessions stored.
func BenchmarkStart(b *testing.B) {
	for _, sessions := range []int{0, 100_000} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			dir := b.TempDir()
			fill(b, dir, sessions)
			for b.Loop() {
				began := time.Now()
				p := serving(b, nil, "--data-dir", dir)
				said := time.Since(began)
				resp, err := http.Get(p.url + "/v1/health")
				if err != nil {
					b.Fatal(err)
				}
				resp.Body.Close()
				b.ReportMetric(float64(said.Microseconds())/1000, "ms-to-line")
				b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "ms-to-answer")
				p.end(syscall.SIGTERM)
			}
		})
	}
}

// fill stores sessions with one event each.
func fill(b *testing.B, dir string, n int) {
	b.Helper()
	st, err := sqlite.Open(b.Context(), filepath.Join(dir, "parley.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	var writers sync.WaitGroup
	const parallel = 200
	for w := range parallel {
		writers.Go(func() {
			for i := w; i < n; i += parallel {
				if err := put(b.Context(), st, fmt.Sprint("session-", i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
}

func put(ctx context.Context, st store.Store, id string) error {
	key, err := st.NewKey(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	return st.Append(ctx, store.Commit{
		Session: id,
		At:      now,
		Create:  &store.Session{Key: key, ID: id, Created: now, Data: []byte(`{"agent":"mock"}`)},
		Records: []store.Record{{Sequence: 1, Type: "session.started", JSON: []byte(`{"type":"session.started","raw":null}`)}},
		State:   &store.State{Status: "idle", Data: []byte(`{}`)},
	})
}
