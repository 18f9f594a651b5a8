package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/parleyhq/parley/server/store"
)

// order: what was appended in pieces of any size is read as one sequence, from any place on.
func order(t *testing.T, s store.Store) {
	begin(t, s, "a")
	total := 0
	for _, n := range []int{1, 3, 1, 64, 2, 200, 1} {
		add(t, s, "a", uint64(total), n)
		total += n
	}
	want := records(0, total)
	for after := range total + 1 {
		sameRecords(t, read(t, s, "a", uint64(after), store.Page{}), want[after:])
	}
	holds(t, s, "a", total)
}

// state: a commit moves the columns along; without a State they stay.
func state(t *testing.T, s store.Store) {
	want := begin(t, s, "a")
	full := store.State{Status: "running", Unfinished: true, Pending: 2, Data: []byte(`{"turn":1}`)}
	later := epoch.Add(time.Second)
	commit(t, s, store.Commit{Session: "a", At: later, Records: records(0, 2), State: &full})
	want.State, want.Updated, want.Last = full, later, 2
	sameSession(t, row(t, s, "a"), want)

	later = later.Add(time.Second)
	commit(t, s, store.Commit{Session: "a", At: later, After: 2, Records: records(2, 1)})
	want.Updated, want.Last = later, 3
	sameSession(t, row(t, s, "a"), want)

	commit(t, s, store.Commit{Session: "a", At: later, After: 3, Records: records(3, 1), State: &store.State{}})
	want.State, want.Last = store.State{}, 4
	sameSession(t, row(t, s, "a"), want)
}

// emptyCommit: a state can change without an event.
func emptyCommit(t *testing.T, s store.Store) {
	want := begin(t, s, "a")
	want.State = store.State{Status: "idle"}
	commit(t, s, store.Commit{Session: "a", At: epoch, State: &want.State})
	sameSession(t, row(t, s, "a"), want)
	add(t, s, "a", 0, 3)
	commit(t, s, store.Commit{Session: "a", At: epoch, After: 3})
	refused(t, s, store.Commit{Session: "a", At: epoch, After: 2}, store.ErrConflict)
	holds(t, s, "a", 3)
}

// unknownSession: nothing can be done with a session that is not there.
func unknownSession(t *testing.T, s store.Store) {
	begin(t, s, "a")
	refused(t, s, store.Commit{Session: "b", At: epoch, Records: records(0, 1)}, store.ErrNotFound)
	if _, err := s.Session(t.Context(), "b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("session: %v", err)
	}
	if _, err := s.Read(t.Context(), "b", 0, store.Page{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("read: %v", err)
	}
	if err := s.Delete(t.Context(), "b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("delete: %v", err)
	}
}
