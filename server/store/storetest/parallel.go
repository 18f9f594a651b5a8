package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// parallelSessions: many owners at once, each alone with its session.
func parallelSessions(t *testing.T, s store.Store) {
	const owners, appends, size = 32, 20, 5
	var all sync.WaitGroup
	for i := range owners {
		first := newSession(t, s, fmt.Sprint(i))
		all.Go(func() {
			if err := s.Append(t.Context(), store.Commit{Session: first.ID, At: epoch, Create: first}); err != nil {
				t.Errorf("create: %v", err)
			}
			for after := uint64(0); after < appends*size; after += size {
				c := store.Commit{Session: first.ID, At: epoch, After: after, Records: records(after, size)}
				if err := s.Append(t.Context(), c); err != nil {
					t.Errorf("append: %v", err)
				}
			}
		})
	}
	all.Wait()
	for i := range owners {
		holds(t, s, fmt.Sprint(i), appends*size)
	}
}

// readersSeeNoGap: readers who are always at the head see each event once and in order, and never one that the
// session does not count yet.
func readersSeeNoGap(t *testing.T, s store.Store) {
	begin(t, s, "a")
	const total = 400
	var all sync.WaitGroup
	for reader := range 6 {
		all.Go(func() { follow(t, s, total, store.Page{Limit: reader * 3}) })
	}
	for after := 0; after < total; {
		n := min(after%7+1, total-after)
		add(t, s, "a", uint64(after), n)
		after += n
	}
	all.Wait()
}

// follow reads until it has total events.
func follow(t *testing.T, s store.Store, total uint64, p store.Page) {
	for at := uint64(0); at < total && !t.Failed(); {
		page, err := s.Read(t.Context(), "a", at, p)
		if err != nil {
			t.Errorf("read after %d: %v", at, err)
			return
		}
		for _, r := range page {
			if r.Sequence != at+1 || string(r.JSON) != fmt.Sprintf(`{"sequence":%d}`, at+1) {
				t.Errorf("after %d comes %d %s", at, r.Sequence, r.JSON)
				return
			}
			at++
		}
		session, err := s.Session(t.Context(), "a")
		if err != nil || session.Last < at {
			t.Errorf("session is at %d, a reader at %d: %v", session.Last, at, err)
			return
		}
	}
}

// readersOfADeletion: a session that is being deleted is whole or gone.
func readersOfADeletion(t *testing.T, s store.Store) {
	const total = 300
	begin(t, s, "a")
	for i := range total {
		add(t, s, "a", uint64(i), 1)
	}
	var gone atomic.Int64
	var readers sync.WaitGroup
	reading := make(chan struct{}, 4)
	for range cap(reading) {
		readers.Go(func() {
			for !t.Failed() {
				page, err := s.Read(t.Context(), "a", 0, store.Page{})
				if errors.Is(err, store.ErrNotFound) {
					gone.Add(1)
					return
				}
				if err != nil || len(page) != total {
					t.Errorf("%d records, %v", len(page), err)
				}
				select {
				case reading <- struct{}{}:
				default:
				}
			}
		})
	}
	<-reading
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	readers.Wait()
	if gone.Load() != int64(cap(reading)) {
		t.Errorf("%d readers saw the end", gone.Load())
	}
}
