package storetest

import (
	"errors"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// deletion: the session is gone, its id is free, its key is not.
func deletion(t *testing.T, s store.Store) {
	begin(t, s, "stays")
	add(t, s, "stays", 0, 10)
	old := begin(t, s, "a")
	add(t, s, "a", 0, 10)
	remove(t, s, "a")
	refused(t, s, store.Commit{Session: "a", At: epoch, After: 10, Records: records(10, 1)}, store.ErrNotFound)
	if all := sessions(t, s, store.Filter{}); ids(all) != "[stays]" {
		t.Fatalf("sessions %s", ids(all))
	}

	fresh := begin(t, s, "a")
	if fresh.Key <= old.Key {
		t.Fatalf("key %d is given out after %d", fresh.Key, old.Key)
	}
	holds(t, s, "a", 0)
	add(t, s, "a", 0, 3)
	holds(t, s, "a", 3)
	holds(t, s, "stays", 10)
}

func remove(t testing.TB, s store.Store, id string) {
	t.Helper()
	if err := s.Delete(t.Context(), id); err != nil {
		t.Fatalf("delete %q: %v", id, err)
	}
	if _, err := s.Session(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("session after delete: %v", err)
	}
	if _, err := s.Read(t.Context(), id, 0, store.Page{}); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("read after delete: %v", err)
	}
	if err := s.Delete(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("second delete: %v", err)
	}
}

// deleteLong: while a long log is being erased, its id and every other session can be used.
func deleteLong(t *testing.T, s store.Store) {
	begin(t, s, "other")
	for round := range 3 {
		begin(t, s, "a")
		for i := range 300 {
			add(t, s, "a", uint64(i), 1)
		}
		remove(t, s, "a")
		add(t, s, "other", uint64(round), 1)
	}
	begin(t, s, "a")
	add(t, s, "a", 0, 5)
	holds(t, s, "a", 5)
	holds(t, s, "other", 3)
}
