package sqlite

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

const pageSize = 4096

// An injury is a page of the session "bad", and of no other, that is overwritten.
type injury struct {
	of   string // table or index
	mark string // what the page contains; "" where it has nothing to search for: then the one in the middle
	size int    // how many bytes are lost
}

var injuries = map[string]injury{
	"table page":    {of: "log", mark: `{"s":"bad","n":700,`, size: pageSize},
	"index page":    {of: "log_position", size: pageSize},
	"overflow page": {of: "log", mark: "in the middle of a long event", size: pageSize},
	"one byte":      {of: "log", mark: "in the middle of a long event", size: 1},
}

// patient makes a data file of three sessions, of which "bad" loses a page.
func patient(t *testing.T, hurt injury) (path string) {
	t.Helper()
	path = dataFile(t)
	s := opened(t, path, Options{})
	for _, id := range []string{"good 1", "bad", "good 2"} {
		rows := 200
		if id == "bad" {
			rows = 1500
		}
		c := first(t, s, id)
		c.Create.Data = []byte(`{"of":"` + id + `","pad":"` + strings.Repeat("x", 3000) + `"}`)
		c.State = &store.State{Unfinished: true, Pending: 1}
		add(t, s, c)
		long := events(id, 0, 1, 20000)
		long.Records[0].JSON = bytes.Replace(long.Records[0].JSON, bytes.Repeat([]byte("0"), 9000),
			[]byte(strings.Repeat("0", 9000)+"in the middle of a long event of "+id), 1)
		add(t, s, long)
		for i := 1; i < rows; i++ {
			add(t, s, events(id, uint64(i), 1, 50))
		}
	}
	pages := pagesOf(t, s, hurt.of)
	mustClose(t, s)
	hurtPage(t, path, pages, hurt)
	return path
}

// pagesOf lists the pages of a table or an index below the root, in key order.
func pagesOf(t *testing.T, s *Store, name string) (pages []int64) {
	t.Helper()
	rows, err := s.reader.db.QueryContext(t.Context(),
		"SELECT pageno FROM dbstat WHERE name = ? AND pagetype <> 'internal' ORDER BY path", name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var page int64
		if err := rows.Scan(&page); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	return pages
}

func hurtPage(t *testing.T, path string, pages []int64, hurt injury) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page, at := pages[len(pages)/2], 0
	if hurt.mark != "" {
		page, at = find(t, f, pages, hurt)
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, hurt.size), (page-1)*pageSize+int64(at)); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, f *os.File, pages []int64, hurt injury) (page int64, at int) {
	t.Helper()
	for _, page := range pages {
		b := make([]byte, pageSize)
		if _, err := f.ReadAt(b, (page-1)*pageSize); err != nil {
			t.Fatal(err)
		}
		i := bytes.Index(b, []byte(hurt.mark))
		if i < 0 || !bytes.Contains(b, []byte("bad")) || bytes.Contains(b, []byte("good")) {
			continue
		}
		if hurt.size == pageSize {
			i = 0
		}
		return page, i
	}
	t.Fatalf("no page with %q", hurt.mark)
	return 0, 0
}

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
