package sqlite

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(victimPath); path != "" {
		victim(path)
	}
	goleak.VerifyTestMain(m)
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) storetest.Harness {
		path := dataFile(t)
		current := reopen(t, nil, path)
		t.Cleanup(func() { current.Close() })
		return storetest.Harness{Store: current, Reopen: func(t testing.TB) store.Store {
			current = reopen(t, current, path)
			return current
		}}
	})
}

// reopen closes a store, if there is one, and opens what is at path.
func reopen(t testing.TB, s *Store, path string) *Store {
	t.Helper()
	if s != nil {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
