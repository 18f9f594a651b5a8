package sessiondir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOf(t *testing.T) {
	t.Chdir(t.TempDir())
	seen := map[Dir]bool{}
	for _, session := range []string{"", "a", "../a", "a/b\n\x00", string(make([]byte, 1000))} {
		d, err := Of("data", "agent", session)
		if err != nil || !filepath.IsAbs(string(d)) || seen[d] {
			t.Errorf("%.20q: got %s, %v", session, d, err)
		}
		seen[d] = true
		if again, _ := Of("data", "agent", session); again != d {
			t.Errorf("%.20q: got %s, then %s", session, d, again)
		}
	}
}

func TestDir(t *testing.T) {
	d, err := Of(t.TempDir(), "agent", "s")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds what the first has left
		if err := d.Make(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(string(d)); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
		if err := d.WriteJSON(map[string]int{"a": 1}, "in", "file.json"); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(d.Path("in", "file.json"))
	if err != nil || string(content) != `{"a":1}` {
		t.Errorf("got %s, %v", content, err)
	}
	for path, mode := range map[string]fs.FileMode{"": 0o700 | fs.ModeDir, "in": 0o700 | fs.ModeDir, "in/file.json": 0o600} {
		if info, err := os.Stat(d.Path(path)); err != nil || info.Mode() != mode {
			t.Errorf("%q: got %v, %v", path, info, err)
		}
	}
	if err := errors.Join(d.Remove(), d.Remove(), Dir("").Remove()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(string(d)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left: %v", err)
	}
}
