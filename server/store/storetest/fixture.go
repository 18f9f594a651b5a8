package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parleyhq/parley/server/store"
)

// epoch is when every test begins; it has nanoseconds, which must survive.
var epoch = time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC)

// begin creates an empty session and returns its row.
func begin(t testing.TB, s store.Store, id string) store.Session {
	t.Helper()
	return beginWith(t, s, id, nil)
}

func beginWith(t testing.TB, s store.Store, id string, state *store.State) store.Session {
	t.Helper()
	commit(t, s, store.Commit{Session: id, At: epoch, Create: newSession(t, s, id), State: state})
	return row(t, s, id)
}

// newSession is the Create of a first commit, with a key of its own.
func newSession(t testing.TB, s store.Store, id string) *store.Session {
	t.Helper()
	key, err := s.NewKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &store.Session{Key: key, ID: id, Created: epoch, Data: []byte(`{"agent":"mock"}`)}
}

// records are n events after a sequence; each says which one it is.
func records(after uint64, n int) []store.Record {
	list := make([]store.Record, n)
	for i := range list {
		sequence := after + 1 + uint64(i)
		list[i] = store.Record{
			Sequence: sequence,
			Type:     []string{"item.started", "item.delta", "item.delta"}[sequence%3],
			JSON:     fmt.Appendf(nil, `{"sequence":%d}`, sequence),
		}
	}
	return list
}

func commit(t testing.TB, s store.Store, c store.Commit) {
	t.Helper()
	if err := s.Append(t.Context(), c); err != nil {
		t.Fatalf("append after %d to %q: %v", c.After, c.Session, err)
	}
}

func add(t testing.TB, s store.Store, id string, after uint64, n int) {
	t.Helper()
	commit(t, s, store.Commit{Session: id, At: epoch, After: after, Records: records(after, n)})
}

// refused expects an error of this kind and that the session is as it was.
func refused(t testing.TB, s store.Store, c store.Commit, want error) {
	t.Helper()
	before, beforeErr := s.Session(t.Context(), c.Session)
	if err := s.Append(t.Context(), c); !errors.Is(err, want) {
		t.Fatalf("append after %d with epoch %d: %v, want %v", c.After, c.Epoch, err, want)
	}
	after, afterErr := s.Session(t.Context(), c.Session)
	if (beforeErr == nil) != (afterErr == nil) {
		t.Fatalf("a refused commit changed the session: %v, then %v", beforeErr, afterErr)
	}
	sameSession(t, after, before)
}

func row(t testing.TB, s store.Store, id string) store.Session {
	t.Helper()
	row, err := s.Session(t.Context(), id)
	if err != nil {
		t.Fatalf("session %q: %v", id, err)
	}
	return row
}

func read(t testing.TB, s store.Store, id string, after uint64, p store.Page) []store.Record {
	t.Helper()
	list, err := s.Read(t.Context(), id, after, p)
	if err != nil {
		t.Fatalf("read %q after %d: %v", id, after, err)
	}
	return list
}

// holds expects exactly the n events that records makes.
func holds(t testing.TB, s store.Store, id string, n int) {
	t.Helper()
	sameRecords(t, read(t, s, id, 0, store.Page{}), records(0, n))
	if last := row(t, s, id).Last; last != uint64(n) {
		t.Fatalf("session %q: last %d, want %d", id, last, n)
	}
}

func sameRecords(t testing.TB, got, want []store.Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i := range got {
		g, w := got[i], want[i]
		if g.Sequence != w.Sequence || g.Type != w.Type || !bytes.Equal(g.JSON, w.JSON) {
			t.Fatalf("record %d is %d %q %.80q, want %d %q %.80q", i, g.Sequence, g.Type, g.JSON, w.Sequence, w.Type, w.JSON)
		}
		if !bytes.Equal(g.Raw, w.Raw) || (g.Raw == nil) != (w.Raw == nil) {
			t.Fatalf("record %d has raw %.80q, want %.80q", i, g.Raw, w.Raw)
		}
	}
}

func sameSession(t testing.TB, got, want store.Session) {
	t.Helper()
	if !got.Created.Equal(want.Created) || !got.Updated.Equal(want.Updated) {
		t.Fatalf("session %q: times %v %v, want %v %v", want.ID, got.Created, got.Updated, want.Created, want.Updated)
	}
	if !bytes.Equal(got.Data, want.Data) || !bytes.Equal(got.State.Data, want.State.Data) {
		t.Fatalf("session %q: data %.80q state %.80q, want %.80q and %.80q",
			want.ID, got.Data, got.State.Data, want.Data, want.State.Data)
	}
	if g, w := fmt.Sprint(columns(got)...), fmt.Sprint(columns(want)...); g != w {
		t.Fatalf("session %q: columns %s, want %s", want.ID, g, w)
	}
}

func columns(s store.Session) []any {
	return []any{s.Key, s.ID, s.Last, s.Epoch, s.State.Status, s.State.Unfinished, s.State.Pending}
}

func ids(list []store.Session) string {
	var names []string
	for _, s := range list {
		names = append(names, s.ID)
	}
	return fmt.Sprint(names)
}
