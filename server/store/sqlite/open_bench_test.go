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
	log := []byte(contents(b, path+"-wal"))
	mustClose(b, s)
	for b.Loop() {
		b.StopTimer()
		// Closing copies the log into the file; given it again, SQLite recovers it again.
		if err := os.WriteFile(path+"-wal", log, 0o600); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		s, err := Open(b.Context(), path, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		mustClose(b, s)
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
