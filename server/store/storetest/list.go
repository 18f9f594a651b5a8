package storetest

import (
	"fmt"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

func sessions(t testing.TB, s store.Store, f store.Filter) []store.Session {
	t.Helper()
	all, err := s.Sessions(t.Context(), f)
	if err != nil {
		t.Fatalf("sessions %+v: %v", f, err)
	}
	return all
}

// list: the newest key comes first, and each row is whole.
func list(t *testing.T, s store.Store) {
	if all := sessions(t, s, store.Filter{}); len(all) != 0 {
		t.Fatalf("a new store has the sessions %s", ids(all))
	}
	for _, id := range []string{"m", "z", "a", "k"} {
		beginWith(t, s, id, &store.State{Status: "idle", Data: []byte(id)})
	}
	add(t, s, "m", 0, 3) // what changed last is not what is newest
	all := sessions(t, s, store.Filter{})
	if ids(all) != "[k a z m]" {
		t.Fatalf("sessions %s", ids(all))
	}
	for _, got := range all {
		sameSession(t, got, row(t, s, got.ID))
	}
}

// listPages: Before is the cursor of the next page.
func listPages(t *testing.T, s store.Store) {
	const total = 23
	for i := range total {
		begin(t, s, fmt.Sprint(i))
	}
	var all []store.Session
	for before := uint64(0); ; {
		page := sessions(t, s, store.Filter{Before: before, Limit: 5})
		if len(page) == 0 {
			break
		}
		all, before = append(all, page...), page[len(page)-1].Key
	}
	if want := ids(sessions(t, s, store.Filter{})); ids(all) != want || len(all) != total {
		t.Fatalf("pages give %s, want %s", ids(all), want)
	}
	if rest := sessions(t, s, store.Filter{Before: all[20].Key}); ids(rest) != "[1 0]" {
		t.Fatalf("before the 21st: %s", ids(rest))
	}
	if none := sessions(t, s, store.Filter{Before: all[total-1].Key}); len(none) != 0 {
		t.Fatalf("before the first: %s", ids(none))
	}
}

// listPending: the filter follows the state.
func listPending(t *testing.T, s store.Store) {
	for i := range 6 {
		beginWith(t, s, fmt.Sprint(i), &store.State{Pending: i % 3})
	}
	if got := ids(sessions(t, s, store.Filter{Pending: true})); got != "[5 4 2 1]" {
		t.Fatalf("pending %s", got)
	}
	newest := sessions(t, s, store.Filter{Pending: true, Limit: 2})
	if ids(newest) != "[5 4]" {
		t.Fatalf("pending, at most two: %s", ids(newest))
	}
	if got := ids(sessions(t, s, store.Filter{Pending: true, Before: newest[1].Key})); got != "[2 1]" {
		t.Fatalf("pending before %d: %s", newest[1].Key, got)
	}
	commit(t, s, store.Commit{Session: "5", At: epoch, State: &store.State{}})
	commit(t, s, store.Commit{Session: "3", At: epoch, State: &store.State{Pending: 9}})
	if err := s.Delete(t.Context(), "4"); err != nil {
		t.Fatal(err)
	}
	if got := ids(sessions(t, s, store.Filter{Pending: true})); got != "[3 2 1]" {
		t.Fatalf("pending, later: %s", got)
	}
}

// marked returns the ids that Unfinished yields, sorted by key.
func marked(t testing.TB, s store.Store) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for session, err := range s.Unfinished(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if found[session.ID] {
			t.Fatalf("session %q comes twice", session.ID)
		}
		found[session.ID] = true
		sameSession(t, session, row(t, s, session.ID)) // the store can be used in the loop
	}
	return found
}

// unfinished: exactly the sessions with the mark, as it is now.
func unfinished(t *testing.T, s store.Store) {
	for i := range 4 {
		beginWith(t, s, fmt.Sprint(i), &store.State{Unfinished: i%2 == 0, Data: []byte("x")})
	}
	if got := fmt.Sprint(marked(t, s)); got != "map[0:true 2:true]" {
		t.Fatalf("unfinished %s", got)
	}
	commit(t, s, store.Commit{Session: "0", At: epoch, State: &store.State{}})
	commit(t, s, store.Commit{Session: "3", At: epoch, State: &store.State{Unfinished: true}})
	if err := s.Delete(t.Context(), "2"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(marked(t, s)); got != "map[3:true]" {
		t.Fatalf("unfinished, later: %s", got)
	}
}

// unfinishedMany: there may be many, each may be finished in the loop, and the loop may be left.
func unfinishedMany(t *testing.T, s store.Store) {
	const total = 600
	for i := range total {
		beginWith(t, s, fmt.Sprint(i), &store.State{Unfinished: true})
	}
	if got := len(marked(t, s)); got != total {
		t.Fatalf("%d unfinished, want %d", got, total)
	}
	for range s.Unfinished(t.Context()) {
		break
	}
	for session, err := range s.Unfinished(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		commit(t, s, store.Commit{Session: session.ID, At: epoch, State: &store.State{}})
	}
	if got := len(marked(t, s)); got != 0 {
		t.Fatalf("%d are left", got)
	}
}
