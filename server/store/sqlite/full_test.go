package sqlite

import (
	"fmt"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// space sets how many pages the file may have, as a disk would.
func space(t *testing.T, s *Store, pages int) {
	t.Helper()
	if _, err := s.writer.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
}

// TestFullDisk: what does not fit is refused whole, what fits goes on, and with space everything does.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	s := opened(t, path, Options{maxPages: 60})
	begin(t, s, "a")
	begin(t, s, "b")
	last := uint64(0)
	for ; s.Append(t.Context(), events("a", last, 4, 1000)) == nil; last += 4 {
		if last > 1000 {
			t.Fatal("the disk is never full")
		}
	}
	same := func(s *Store, id string, want uint64) {
		t.Helper()
		row, err := s.Session(t.Context(), id)
		if err != nil || row.Last != want {
			t.Fatalf("session %q is at %d, %v; want %d", id, row.Last, err, want)
		}
		holds(t, s, id, int(want))
	}
	same(s, "a", last)
	big := events("a", last, 4, 1000)
	big.State = &store.State{Status: "changed"}
	big.Receipt = &store.Receipt{Scope: "s", Key: "k", Created: noon}
	errs := grouped(t, s, big, events("b", 0, 1, 1), big)
	if errs[0] == nil || errs[1] != nil || errs[2] == nil {
		t.Fatalf("in one group: large %v, small %v, large %v", errs[0], errs[1], errs[2])
	}
	same(s, "a", last)
	same(s, "b", 1)
	if row, err := s.Session(t.Context(), "a"); err != nil || row.State.Status != "" {
		t.Fatalf("the state of a refused commit stays: %q, %v", row.State.Status, err)
	}

	space(t, s, 1000)
	add(t, s, big)
	same(s, "a", last+4)
	mustClose(t, s)
	same(opened(t, path, Options{}), "a", last+4)
}

// TestFullDiskAtCreation: a session whose first commit does not fit is not there.
func TestFullDiskAtCreation(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	s := opened(t, path, Options{maxPages: 60})
	for i := 0; ; i++ {
		c := first(t, s, fmt.Sprint(i))
		c.Records = events(c.Session, 0, 1, 20000).Records
		if err := s.Append(t.Context(), c); err != nil {
			if _, err := s.Session(t.Context(), c.Session); err == nil {
				t.Error("half a session is there")
			}
			return
		}
	}
}
