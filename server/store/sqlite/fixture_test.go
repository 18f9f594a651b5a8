package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parleyhq/parley/server/store"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// dataFile is the path of a data file that does not exist yet.
func dataFile(t testing.TB) string { return filepath.Join(t.TempDir(), "parley.db") }

// opened is a store that is closed at the end, if the test has not done so.
func opened(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustClose(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// first is the commit that creates a session.
func first(t testing.TB, s *Store, id string) store.Commit {
	t.Helper()
	key, err := s.NewKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return store.Commit{Session: id, At: noon, Create: &store.Session{Key: key, ID: id, Created: noon}}
}

func begin(t testing.TB, s *Store, id string) {
	t.Helper()
	if err := s.Append(t.Context(), first(t, s, id)); err != nil {
		t.Fatal(err)
	}
}

// events are n events after a sequence, each about size bytes long and beginning with the session's id.
func events(id string, after uint64, n, size int) store.Commit {
	c := store.Commit{Session: id, At: noon, After: after, Records: make([]store.Record, n)}
	for i := range c.Records {
		sequence := after + 1 + uint64(i)
		c.Records[i] = store.Record{
			Sequence: sequence, Type: "item.delta", JSON: fmt.Appendf(nil, `{"s":"%s","n":%d,"pad":"%0*d"}`, id, sequence, size, 0),
		}
	}
	return c
}

func add(t testing.TB, s *Store, c store.Commit) {
	t.Helper()
	if err := s.Append(t.Context(), c); err != nil {
		t.Fatalf("append after %d to %q: %v", c.After, c.Session, err)
	}
}

// holds expects n events in the session.
func holds(t testing.TB, s *Store, id string, n int) {
	t.Helper()
	records, err := s.Read(t.Context(), id, 0, store.Page{})
	if err != nil || len(records) != n {
		t.Fatalf("session %q has %d records, %v; want %d", id, len(records), err, n)
	}
}

func contents(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// count asks the database directly.
func count(t testing.TB, s *Store, query string) (n int) {
	t.Helper()
	if err := s.reader.db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
