package sqlite

import (
	"bytes"
	"os"
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
