package sqlite

import (
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// TestErasedInTheBackground: the log of a deleted session goes away, whatever its rows are like.
func TestErasedInTheBackground(t *testing.T) {
	t.Parallel()
	erased := make(chan uint64)
	s := opened(t, dataFile(t), Options{erased: func(key uint64) { erased <- key }})
	begin(t, s, "stays")
	add(t, s, events("stays", 0, 7, 10))
	begin(t, s, "a")
	last := uint64(0)
	for i := range 300 {
		c := events("a", last, i%3+1, 10)
		if i%100 == 5 {
			c = events("a", last, 1, 3<<20)
		}
		add(t, s, c)
		last += uint64(len(c.Records))
	}
	row, err := s.Session(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if key := <-erased; key != row.Key {
		t.Errorf("erased %d, want %d", key, row.Key)
	}
	if n := count(t, s, "SELECT count(*) FROM log"); n != 1 {
		t.Errorf("%d rows are left, want 1", n)
	}
	if n := count(t, s, "SELECT count(*) FROM erased"); n != 0 {
		t.Errorf("%d notes are left", n)
	}
	holds(t, s, "stays", 7)
}

// TestErasingGoesOn: what a process did not get to is erased by the next.
func TestErasingGoesOn(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	s := opened(t, path, Options{})
	s.eraser.stop() // it never gets to anything
	for _, id := range []string{"a", "b"} {
		begin(t, s, id)
		for i := range 200 {
			add(t, s, events(id, uint64(i), 1, 10))
		}
		if err := s.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, s)
	if report, err := Check(t.Context(), path); err != nil || len(report.Faults) != 0 || report.Sessions != 0 {
		t.Errorf("check: %+v, %v", report, err)
	}
	erased := make(chan uint64)
	s = opened(t, path, Options{erased: func(key uint64) { erased <- key }})
	<-erased
	<-erased
	if n := count(t, s, "SELECT count(*) FROM log"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// TestOthersGoOnWhileErasing: between two batches of the eraser the writer serves whoever waits.
func TestOthersGoOnWhileErasing(t *testing.T) {
	t.Parallel()
	batches := 0
	s := opened(t, dataFile(t), Options{})
	s.eraser.stop()
	begin(t, s, "a")
	begin(t, s, "other")
	for i := range 3 * eraseRows {
		add(t, s, events("a", uint64(i), 1, 10))
	}
	for more := true; more; batches++ {
		err := s.writer.submit(t.Context(), &job{do: func(q *statements) (refused, failed error) {
			var err error
			more, err = eraseBatch(q, 1)
			return nil, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		add(t, s, events("other", uint64(batches), 1, 10))
	}
	if batches != 4 { // the last one finds nothing
		t.Errorf("%d batches", batches)
	}
	holds(t, s, "other", batches)
	if _, err := s.Read(t.Context(), "other", 0, store.Page{}); err != nil {
		t.Error(err)
	}
}
