package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// grouped makes the writer take all commits as one group, and returns their errors.
func grouped(t *testing.T, s *Store, commits ...store.Commit) []error {
	t.Helper()
	hold, held := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := s.writer.submit(t.Context(), &job{do: func(*statements) (refused, failed error) {
			close(held)
			<-hold
			return nil, nil
		}})
		if err != nil {
			t.Errorf("the job in front: %v", err)
		}
	})
	<-held
	errs := make([]error, len(commits))
	var queued []*job
	for _, c := range commits {
		a := &appending{c: &c}
		a.data, a.raw = encode(c.Records)
		if len(c.Records) == 0 {
			a.data = nil
		}
		j := &job{events: len(c.Records), bytes: len(a.data), do: a.do, done: make(chan error, 1)}
		queued = append(queued, j)
		s.writer.queue <- j
	}
	close(hold)
	for i, j := range queued {
		errs[i] = <-j.done
	}
	all.Wait()
	return errs
}

// TestRefusalsDoNotDisturb: in one group the good commits succeed and each bad one learns its own reason.
func TestRefusalsDoNotDisturb(t *testing.T) {
	t.Parallel()
	s := opened(t, dataFile(t), Options{})
	begin(t, s, "a")
	begin(t, s, "b")
	add(t, s, store.Commit{Session: "b", At: noon, Epoch: 5})
	used := &store.Receipt{Scope: "s", Key: "k", Created: noon}
	add(t, s, store.Commit{Session: "a", At: noon, Receipt: used})
	taken, fresh := first(t, s, "a"), first(t, s, "c")
	again := events("a", 6, 1, 10)
	again.Receipt = used
	errs := grouped(t, s,
		events("a", 0, 3, 10),
		events("a", 0, 3, 10),
		events("b", 0, 1, 10),
		taken,
		fresh,
		events("a", 3, 3, 10),
		again,
		events("none", 0, 1, 10),
		events("c", 0, 2, 10),
	)
	want := []error{nil, store.ErrConflict, store.ErrFenced, store.ErrExists, nil, nil, store.ErrReceipt, store.ErrNotFound, nil}
	for i := range want {
		if !errors.Is(errs[i], want[i]) {
			t.Errorf("commit %d: %v, want %v", i, errs[i], want[i])
		}
	}
	holds(t, s, "a", 6)
	holds(t, s, "b", 0)
	holds(t, s, "c", 2)
}

// TestFailureIsFoundAlone: when a group fails in the writing, only the commits that are to blame fail.
func TestFailureIsFoundAlone(t *testing.T) {
	t.Parallel()
	for _, guilty := range []string{"3", "0", "9", "0349", "123456789", "0123456789"} {
		t.Run(guilty, func(t *testing.T) {
			t.Parallel()
			s := opened(t, dataFile(t), Options{})
			var commits []store.Commit
			for i := range 10 {
				id := fmt.Sprint(i)
				begin(t, s, id)
				commits = append(commits, events(id, 0, 2, 10))
				if strings.Contains(guilty, id) {
					block(t, s, id)
				}
			}
			for i, err := range grouped(t, s, commits...) {
				id, want := fmt.Sprint(i), uint64(2)
				if strings.Contains(guilty, id) {
					want = 0
				}
				row, rowErr := s.Session(t.Context(), id)
				if (err == nil) != (want > 0) || rowErr != nil || row.Last != want {
					t.Errorf("session %s: append %v, last %d, %v; want last %d", id, err, row.Last, rowErr, want)
				}
			}
		})
	}
}

// block puts a row where the first two events of a session are going to be: the unique index refuses them after the
// session's own row was changed.
func block(t *testing.T, s *Store, id string) {
	t.Helper()
	const row = "INSERT INTO log (sid, last, n, codec, data) SELECT key, 2, 1, 0, x'' FROM session WHERE id = ?"
	if _, err := s.writer.conn.ExecContext(t.Context(), row, id); err != nil {
		t.Fatal(err)
	}
}

// TestGroupBounds: what is too much for one transaction goes into the next, in order.
func TestGroupBounds(t *testing.T) {
	t.Parallel()
	w := &writer{queue: make(chan *job, 16)}
	for _, size := range []struct{ events, bytes int }{
		{2000, 10}, {48, 10}, {1, 10}, {1, groupBytes}, {5000, 1}, {1, 1}, {2, 2},
	} {
		w.queue <- &job{events: size.events, bytes: size.bytes}
	}
	withdrawn := &job{events: 1}
	withdrawn.claimed.Store(true)
	w.queue <- withdrawn
	for i, want := range []int{2, 1, 1, 1, 2} {
		group := w.gather()
		if len(group) != want {
			t.Errorf("group %d has %d jobs, want %d", i, len(group), want)
		}
	}
}

// TestWithdrawn: a commit whose caller gave up while it waited is not written.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	s := opened(t, dataFile(t), Options{})
	begin(t, s, "a")
	begin(t, s, "b")
	hold, held := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		s.writer.submit(t.Context(), &job{do: func(*statements) (refused, failed error) {
			close(held)
			<-hold
			return nil, nil
		}})
	})
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	all.Go(func() { given <- s.Append(ctx, events("a", 0, 1, 10)) })
	for len(s.writer.queue) == 0 { // the commit is on its way to the queue
		if ctx.Err() != nil {
			t.Fatal(ctx.Err())
		}
	}
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	close(hold)
	add(t, s, events("b", 0, 1, 10))
	all.Wait()
	holds(t, s, "a", 0)
}
