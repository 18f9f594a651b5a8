package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// unclean copies the files of an open store, as a machine that lost power would have them.
func unclean(t testing.TB, path string) string {
	t.Helper()
	to := dataFile(t)
	for _, suffix := range []string{"", "-wal"} {
		if err := os.WriteFile(to+suffix, []byte(contents(t, path+suffix)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func TestCheckGood(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	s := opened(t, path, Options{})
	for i := range 5 {
		id := fmt.Sprint(i)
		begin(t, s, id)
		add(t, s, events(id, 0, 10*i, 100))
		add(t, s, store.Commit{Session: id, At: noon, After: uint64(10 * i), Receipt: &store.Receipt{Scope: "s", Key: id}})
	}
	if err := s.Delete(t.Context(), "4"); err != nil {
		t.Fatal(err)
	}
	copied := unclean(t, path)
	mustClose(t, s)
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"closed": path, "unclean end": copied} {
		before := contents(t, path)
		report, err := Check(t.Context(), path)
		if err != nil || len(report.Faults) != 0 {
			t.Fatalf("%s: faults %v, %v", name, report.Faults, err)
		}
		if report.Sessions != 4 || report.Events != 60 || report.Receipts != 5 || report.Bytes < 6000 {
			t.Errorf("%s: %+v", name, report)
		}
		if contents(t, path) != before {
			t.Errorf("%s: the file changed", name)
		}
	}
	if files, err := filepath.Glob(path + "*"); err != nil || len(files) != 2 {
		t.Errorf("files %v, %v; want the data file and its lock", files, err)
	}
	holds(t, opened(t, copied, Options{}), "3", 30)
}

// TestCheckFindsAll: each kind of wrong content is named with its session and place, also past the first.
func TestCheckFindsAll(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	s := opened(t, path, Options{})
	for _, id := range []string{"good", "gap", "end", "ahead", "json", "codec", "count"} {
		begin(t, s, id)
		for i := range 5 {
			c := events(id, uint64(i*4), 4, 10)
			if id == "json" && i > 2 {
				c.Records[1].JSON = []byte(`{"half`)
			}
			add(t, s, c)
		}
	}
	for _, change := range []string{
		"DELETE FROM log WHERE last = 8 AND sid = (SELECT key FROM session WHERE id = 'gap')",
		"DELETE FROM log WHERE last = 20 AND sid = (SELECT key FROM session WHERE id = 'end')",
		"UPDATE session SET last = 12 WHERE id = 'ahead'",
		"UPDATE log SET codec = 9 WHERE last = 12 AND sid = (SELECT key FROM session WHERE id = 'codec')",
		"UPDATE log SET n = 3 WHERE last = 16 AND sid = (SELECT key FROM session WHERE id = 'count')",
		"INSERT INTO log (sid, last, n, codec, data) VALUES (4711, 1, 1, 0, x'00')",
	} {
		if _, err := s.writer.conn.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"gap", "end", "codec", "count"} {
		if _, err := s.Read(t.Context(), id, 0, store.Page{}); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("read of %q: %v", id, err)
		}
	}
	mustClose(t, s)
	report, err := Check(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`session "gap", event 5: event 9 follows 4`,
		`session "end", event 17: the log ends at 16, the session at 20`,
		`session "ahead", event 13: the log ends at 20, the session at 12`,
		`session "json", event 14: is not valid JSON`,
		`session "json", event 18: is not valid JSON`,
		`session "codec", event 9: the append that ends at 12 cannot be read: codec 9 is unknown to this version`,
		`session "count", event 13: the append that ends at 16 cannot be read: the lengths inside do not add up`,
		`events of a session with key 4711, which does not exist`,
	}
	var got []string
	for _, f := range report.Faults {
		got = append(got, f.String())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("faults\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCheckOfRuins: also of a file that has nothing but its header there is a report.
func TestCheckOfRuins(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	mustClose(t, opened(t, path, Options{}))
	b := []byte(contents(t, path))
	for i := headerSize; i < len(b); i++ {
		b[i] = 0xa5
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Faults) == 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, err := Open(t.Context(), path, Options{}); err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
		t.Errorf("open: %v", err)
	}
	if contents(t, path) != string(b) {
		t.Error("the file changed")
	}
	mustClose(t, opened(t, dataFile(t), Options{}))
}
