package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// create: the first commit brings everything of the row, and may bring events.
func create(t *testing.T, s store.Store) {
	begin(t, s, "other")
	first := newSession(t, s, "a")
	st := store.State{Status: "running", Unfinished: true, Pending: 1, Data: []byte(`{}`)}
	commit(t, s, store.Commit{Session: "a", At: epoch.Add(1), Epoch: 7, Create: first, Records: records(0, 5), State: &st})
	want := *first
	want.Updated, want.Last, want.Epoch, want.State = epoch.Add(1), 5, 7, st
	sameSession(t, row(t, s, "a"), want)
	holds(t, s, "a", 5)
	holds(t, s, "other", 0)
}

// createOnce: of many that create one id at a time exactly one wins, and the others change nothing.
func createOnce(t *testing.T, s store.Store) {
	var won atomic.Int64
	var writers sync.WaitGroup
	for range 16 {
		first := newSession(t, s, "a")
		writers.Go(func() {
			err := s.Append(t.Context(), store.Commit{Session: "a", At: epoch, Create: first, Records: records(0, 2)})
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, store.ErrExists):
				t.Errorf("create: %v", err)
			}
		})
	}
	writers.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d creations succeeded", won.Load())
	}
	holds(t, s, "a", 2)
	refused(t, s, store.Commit{Session: "a", At: epoch, Create: newSession(t, s, "a")}, store.ErrExists)
}

// createForm: a creation that is not well formed, or takes another session's key, does nothing.
func createForm(t *testing.T, s store.Store) {
	other := begin(t, s, "other")
	for name, c := range map[string]store.Commit{
		"without id":  {Create: &store.Session{Key: 900}},
		"another id":  {Session: "a", Create: &store.Session{Key: 901, ID: "b"}},
		"after some":  {Session: "a", After: 3, Records: records(3, 1), Create: &store.Session{Key: 902, ID: "a"}},
		"without key": {Session: "a", Create: &store.Session{ID: "a"}},
		"key taken":   {Session: "a", Create: &store.Session{Key: other.Key, ID: "a"}},
	} {
		if err := s.Append(t.Context(), c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	list, err := s.Sessions(t.Context(), store.Filter{})
	if err != nil || ids(list) != "[other]" {
		t.Fatalf("sessions %s, %v", ids(list), err)
	}
	sameSession(t, list[0], other)
}
