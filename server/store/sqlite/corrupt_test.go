package sqlite

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// TestBadPage: a session with a damaged page says so; the others are read and written as if nothing had happened.
func TestBadPage(t *testing.T) {
	t.Parallel()
	for name, hurt := range injuries {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := patient(t, hurt)
			examined(t, path, "bad")
			s := opened(t, path, Options{})
			if _, err := s.Read(t.Context(), "bad", 0, store.Page{}); !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("read: %v", err)
			}
			for _, id := range []string{"good 1", "good 2"} {
				holds(t, s, id, 200)
			}
			errs := grouped(t, s, events("good 1", 200, 3, 10), events("bad", 1500, 1, 10), events("good 2", 200, 3, 10))
			if errs[0] != nil || errs[1] != nil && !errors.Is(errs[1], store.ErrCorrupt) || errs[2] != nil {
				t.Errorf("append: %v", errs)
			}
			for _, id := range []string{"good 1", "good 2"} {
				holds(t, s, id, 203)
			}
		})
	}
}

// examined expects Check to find the damage in one session and the others to be whole.
func examined(t *testing.T, path, bad string) Report {
	t.Helper()
	report, err := Check(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report.Faults)
	if report.Sessions != 3 || report.Events < 400 {
		t.Errorf("%d sessions with %d good events", report.Sessions, report.Events)
	}
	if !slices.ContainsFunc(report.Faults, func(f Fault) bool { return f.Session == bad }) {
		t.Errorf("no fault of session %q", bad)
	}
	for _, f := range report.Faults {
		if strings.HasPrefix(f.Session, "good") {
			t.Errorf("fault of a good session: %v", f)
		}
	}
	return report
}

// TestReadAroundABadPage: what lies before and behind the damage can be read.
func TestReadAroundABadPage(t *testing.T) {
	t.Parallel()
	s := opened(t, patient(t, injuries["table page"]), Options{})
	for _, after := range []uint64{0, 100, 1000, 1450} {
		page, err := s.Read(t.Context(), "bad", after, store.Page{Limit: 50})
		if err != nil || len(page) != 50 || page[0].Sequence != after+1 {
			t.Errorf("after %d: %d records, %v", after, len(page), err)
		}
	}
	if _, err := s.Read(t.Context(), "bad", 600, store.Page{Limit: 200}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("over the damage: %v", err)
	}
	add(t, s, events("bad", 1500, 1, 10))
}

// TestBadSessionRow: a session whose row is damaged is missing in lists, which say so, and nothing else is.
func TestBadSessionRow(t *testing.T) {
	t.Parallel()
	path := patient(t, injury{of: "detail", mark: `"of":"bad"`, size: pageSize})
	examined(t, path, "(key "+keyOf(t, path)+")")
	s := opened(t, path, Options{})
	for _, f := range []store.Filter{{}, {Pending: true}, {Limit: 2}} {
		list, err := s.Sessions(t.Context(), f)
		if !errors.Is(err, store.ErrCorrupt) || len(list) != 2 || list[0].Key < list[1].Key {
			t.Errorf("sessions %+v: %d, %v", f, len(list), err)
		}
	}
	good, bad := 0, 0
	for session, err := range s.Unfinished(t.Context()) {
		switch {
		case err == nil:
			good++
		case errors.Is(err, store.ErrCorrupt) && session.Key != 0:
			bad++
		}
	}
	if good != 2 || bad != 1 {
		t.Errorf("unfinished: %d good and %d bad", good, bad)
	}
	_, err := s.Session(t.Context(), "bad")
	for call, err := range map[string]error{"session": err, "delete": s.Delete(t.Context(), "bad")} {
		if !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%s: %v", call, err)
		}
	}
	changed := events("bad", 1500, 1, 10)
	changed.State = &store.State{Status: "changed"}
	errs := grouped(t, s, events("good 1", 200, 1, 10), changed, events("good 2", 200, 1, 10))
	if errs[0] != nil || !errors.Is(errs[1], store.ErrCorrupt) || errs[2] != nil {
		t.Errorf("append: %v", errs)
	}
	holds(t, s, "good 1", 201)
	holds(t, s, "bad", 1500) // its log is good
}

// keyOf asks the index for the key of "bad".
func keyOf(t *testing.T, path string) (key string) {
	t.Helper()
	s := opened(t, path, Options{})
	defer s.Close()
	if err := s.reader.db.QueryRowContext(t.Context(), "SELECT key FROM session WHERE id = 'bad'").Scan(&key); err != nil {
		t.Fatal(err)
	}
	return key
}

// TestNonsenseInARow: a number that cannot be one is damage too, and costs only its session.
func TestNonsenseInARow(t *testing.T) {
	t.Parallel()
	s := opened(t, dataFile(t), Options{})
	for _, id := range []string{"good", "bad"} {
		begin(t, s, id)
		add(t, s, events(id, 0, 3, 10))
	}
	if _, err := s.writer.conn.ExecContext(t.Context(), "UPDATE session SET last = -1 WHERE id = 'bad'"); err != nil {
		t.Fatal(err)
	}
	_, sessionErr := s.Session(t.Context(), "bad")
	_, readErr := s.Read(t.Context(), "bad", 0, store.Page{})
	list, listErr := s.Sessions(t.Context(), store.Filter{})
	errs := grouped(t, s, events("good", 3, 1, 10), events("bad", 3, 1, 10))
	for _, err := range []error{sessionErr, readErr, listErr, errs[1]} {
		if !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%v is no ErrCorrupt", err)
		}
	}
	if len(list) != 1 || errs[0] != nil {
		t.Errorf("%d sessions, append %v", len(list), errs[0])
	}
	holds(t, s, "good", 4)
}
