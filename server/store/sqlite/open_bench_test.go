package sqlite

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// BenchmarkOpenAfterUncleanEnd opens 100,000 sessions with 1,000,000 events whose process was cut off with as much in
// the write-ahead log as there ever is.
func BenchmarkOpenAfterUncleanEnd(b *testing.B) {
	path := dataFile(b)
	s := openBench(b, path)
	const sessions, writers = 100_000, 64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < sessions; i += writers {
				createBench(b, s, i)
				appendBench(b, s, fmt.Sprint("session-", i), 0, 10)
			}
		})
	}
	all.Wait()
	mustClose(b, s)
	s = openBench(b, path)
	for after := uint64(10); logFrames(b, path) < 3980; after++ { // close to the next checkpoint
		appendBench(b, s, "session-0", after, 1)
	}
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		copied := unclean(b, path)
		b.StartTimer()
		s, err := Open(b.Context(), copied, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// logFrames is how many pages the write-ahead log of a store has that was just opened.
func logFrames(b *testing.B, path string) int64 {
	info, err := os.Stat(path + "-wal")
	if err != nil {
		b.Fatal(err)
	}
	return info.Size() / (pageSize + 24)
}
