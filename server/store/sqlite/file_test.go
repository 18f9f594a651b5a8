package sqlite

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refusals are files that Open and Check must not touch, with a piece of what they must say.
var refusals = map[string]struct {
	make func(t *testing.T, path string)
	want string
}{
	"text":  {func(t *testing.T, path string) { write(t, path, strings.Repeat("notes of mine\n", 500)) }, "not a Parley data file"},
	"short": {func(t *testing.T, path string) { write(t, path, magic+"and then?") }, "not a Parley data file"},
	"empty": {func(t *testing.T, path string) { write(t, path, "") }, "is empty"},
	"another program's database": {func(t *testing.T, path string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"); err != nil {
			t.Fatal(err)
		}
	}, "another program"},
	"newer version": {func(t *testing.T, path string) { versioned(t, path, version+1) }, "update Parley"},
	"no version":    {func(t *testing.T, path string) { versioned(t, path, 0) }, "schema 0"},
	"directory": {func(t *testing.T, path string) {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}, "not a regular file"},
	"log without its file": {func(t *testing.T, path string) { write(t, path+"-wal", "frames") }, "is missing"},
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// versioned makes a good data file and changes the schema version in its header.
func versioned(t *testing.T, path string, v uint32) {
	t.Helper()
	mustClose(t, opened(t, path, Options{}))
	b := []byte(contents(t, path))
	binary.BigEndian.PutUint32(b[versionAt:], v)
	write(t, path, string(b))
	os.Remove(path + ".lock")
}

func TestForeignFilesStayUntouched(t *testing.T) {
	t.Parallel()
	for name, file := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := dataFile(t)
			file.make(t, path)
			before := tree(t, filepath.Dir(path))
			_, err := Open(t.Context(), path, Options{})
			if err == nil || !strings.Contains(err.Error(), file.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("open: %v; want it to name the path and say %q", err, file.want)
			}
			if _, err := Check(t.Context(), path); err == nil || !strings.Contains(err.Error(), file.want) {
				t.Errorf("check: %v; want %q", err, file.want)
			}
			if after := tree(t, filepath.Dir(path)); after != before {
				t.Errorf("the directory changed from %.300s to %.300s", before, after)
			}
		})
	}
}

// tree is everything in a directory, by name and content.
func tree(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		text := "directory"
		if !e.IsDir() {
			text = contents(t, filepath.Join(dir, e.Name()))
		}
		all = append(all, fmt.Sprintf("%s: %q", e.Name(), text))
	}
	return strings.Join(all, "\n")
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	s := opened(t, path, Options{})
	begin(t, s, "a")
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link, filepath.Dir(path) + "/./parley.db"} {
		if _, err := Open(t.Context(), name, Options{}); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("a second store on %s: %v", name, err)
		}
		if _, err := Check(t.Context(), name); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("a check beside a store on %s: %v", name, err)
		}
	}
	add(t, s, events("a", 0, 3, 10))
	mustClose(t, s)
	holds(t, opened(t, link, Options{}), "a", 3)
}

func TestStrangePaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "100%25", "what?mode=memory", "#1", "ä&b=c", "x:y", "it's \"so\""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			s := opened(t, path, Options{})
			begin(t, s, "a")
			mustClose(t, s)
			if header := contents(t, path); !strings.HasPrefix(header, magic) {
				t.Fatal("the data is elsewhere")
			}
			holds(t, opened(t, path, Options{}), "a", 0)
		})
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	s := opened(t, "parley.db", Options{})
	begin(t, s, "a")
	mustClose(t, s)
	holds(t, opened(t, "./parley.db", Options{}), "a", 0)
}

func TestMissingDirectory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none", "parley.db")
	if _, err := Open(t.Context(), path, Options{}); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("open: %v", err)
	}
	if _, err := Check(t.Context(), dataFile(t)); err == nil || !strings.Contains(err.Error(), "no data file") {
		t.Errorf("check: %v", err)
	}
}

// TestCreationCutOff: what a start left that did not get to its end is cleared away.
func TestCreationCutOff(t *testing.T) {
	t.Parallel()
	path := dataFile(t)
	write(t, path+".new", "half a file")
	write(t, path+".new-journal", "half a journal")
	s := opened(t, path, Options{})
	begin(t, s, "a")
	mustClose(t, s)
	entries, err := filepath.Glob(path + "*")
	if err != nil || len(entries) != 2 {
		t.Errorf("files %v, %v; want the data file and its lock", entries, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: sessions are nobody else's business", info.Mode(), err)
	}
}
