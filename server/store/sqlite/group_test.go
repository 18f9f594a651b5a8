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
	var jobs []*job
	for _, c := range commits {
		a := &appending{c: &c}
		if len(c.Records) > 0 {
			a.data, a.raw = encode(c.Records)
		}
		jobs = append(jobs, &job{events: len(c.Records), bytes: len(a.data), do: a.do})
	}
	return together(t, s, jobs...)
}

// together holds the writer until all jobs wait.
func together(t *testing.T, s *Store, jobs ...*job) []error {
	t.Helper()
	held, release := hold(t, s)
	<-held
	for _, j := range jobs {
		j.done = make(chan error, 1)
		s.writer.queue <- j
	}
	release()
	var errs []error
	for _, j := range jobs {
		errs = append(errs, <-j.done)
	}
	return errs
}

// hold keeps the writer busy from held until release, which waits for the end of it.
func hold(t *testing.T, s *Store) (held <-chan struct{}, release func()) {
	t.Helper()
	came, gate := make(chan struct{}), make(chan struct{})
	var holding sync.WaitGroup
	holding.Go(func() {
		err := s.writer.submit(t.Context(), &job{do: func(*statements) (refused, failed error) {
			close(came)
			<-gate
			return nil, nil
		}})
		if err != nil {
			t.Errorf("the job in front: %v", err)
		}
	})
	return came, func() { close(gate); holding.Wait() }
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

// TestFailureAtTheEnd: also when only the end of the transaction fails, the others do not.
func TestFailureAtTheEnd(t *testing.T) {
	t.Parallel()
	s := opened(t, dataFile(t), Options{})
	begin(t, s, "a")
	begin(t, s, "b")
	const deferred = "PRAGMA foreign_keys = ON; CREATE TEMP TABLE parent (id PRIMARY KEY); " +
		"CREATE TEMP TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
	if _, err := s.writer.conn.ExecContext(t.Context(), deferred); err != nil {
		t.Fatal(err)
	}
	poison := func(*statements) (refused, failed error) {
		_, err := s.writer.conn.ExecContext(background, "INSERT INTO child VALUES (1)")
		return nil, err
	}
	good := func(id string) *job {
		c := events(id, 0, 2, 10)
		data, raw := encode(c.Records)
		return &job{do: (&appending{c: &c, data: data, raw: raw}).do}
	}
	errs := together(t, s, good("a"), &job{do: poison}, good("b"), &job{do: poison}, &job{do: poison})
	if errs[0] != nil || errs[1] == nil || errs[2] != nil || errs[3] == nil || errs[4] == nil {
		t.Errorf("errors %v", errs)
	}
	holds(t, s, "a", 2)
	holds(t, s, "b", 2)
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
	held, release := hold(t, s)
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	go func() { given <- s.Append(ctx, events("a", 0, 1, 10)) }()
	for len(s.writer.queue) == 0 { // the commit is on its way to the queue
		if ctx.Err() != nil {
			t.Fatal(ctx.Err())
		}
	}
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	release()
	add(t, s, events("b", 0, 1, 10))
	holds(t, s, "a", 0)
}
