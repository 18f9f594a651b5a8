package files

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestJail tries every way out, with every operation.
func TestJail(t *testing.T) {
	t.Parallel()
	f, root := jail(t)
	before := names(t, filepath.Dir(root))
	for _, p := range []Path{
		{Name: filepath.Join(filepath.Dir(root), "secret")}, {Name: root + "/../secret"}, {Name: "../secret"}, {Name: "dir/../../secret"},
		{Name: "out"}, {Name: "above/secret"}, {Name: "absolute/secret"}, {Name: "absolute"}, {Name: "above"}, {Name: "/etc/passwd"}, {Name: "/"},
		{Name: "secret", Base: filepath.Dir(root)}, {Name: "above/root/dir"}, {Name: "secret", Base: filepath.Join(root, "above")},
		{Name: root + "x"},
	} {
		calls := map[string]func() error{
			"Open": func() error { _, err := f.Open(p); return err }, "Stat": func() error { _, err := f.Stat(p); return err },
			"List": func() error { _, err := f.List(p); return err }, "Mkdir": func() error { _, err := f.Mkdir(p); return err },
			"Write":  func() error { _, err := f.Write(p, strings.NewReader("new")); return err },
			"Unpack": func() error { _, err := f.Unpack(p, archive(t, entryOf("secret", "new"))); return err },
		}
		if last := filepath.Base(p.Name); last != "out" && last != "above" && last != "absolute" { // links may be moved and deleted
			calls["Delete"] = func() error { _, err := f.Delete(p, true); return err }
			calls["Move"] = func() error { _, err := f.Move(Path{Name: "dir"}, p, true); return err }
			calls["Move away"] = func() error { _, err := f.Move(p, Path{Name: "stolen"}, true); return err }
		}
		for name, call := range calls {
			if err := call(); err == nil {
				t.Errorf("%s %+v went out", name, p)
			} else {
				refused(t, err, "")
			}
		}
	}
	has(t, filepath.Join(filepath.Dir(root), "secret"), "secret")
	if after := names(t, filepath.Dir(root)); !slices.Equal(before, after) {
		t.Errorf("had %q, has %q", before, after)
	}
}

// TestJailListsLinksThatLeadOut without what they lead to.
func TestJailListsLinksThatLeadOut(t *testing.T) {
	t.Parallel()
	f, _ := jail(t)
	list, err := f.List(Path{Name: "."})
	must(t, err)
	var got []string
	for _, e := range list {
		got = append(got, e.Name+" "+string(e.EntryType))
	}
	if want := []string{"above file", "absolute file", "dir directory", "out file"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestRootStays is what a jail does not let its caller do to the root itself.
func TestRootStays(t *testing.T) {
	t.Parallel()
	f, root := jail(t)
	for name, err := range map[string]error{
		"Delete": second(f.Delete(Path{Name: "."}, true)), "Remove": second(f.Delete(Path{Name: root}, false)),
		"Move": second(f.Move(Path{Name: root}, Path{Name: "dir/x"}, false)), "Replace": second(f.Move(Path{Name: "dir"}, Path{Name: root}, true)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if stat, err := f.Stat(Path{Name: "dir"}); err != nil || stat.Path != filepath.Join(root, "dir") {
		t.Errorf("%+v, %v", stat, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestRelativePaths(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	base := t.TempDir()
	f := open(t, "")
	for _, c := range []struct {
		path Path
		want string
	}{
		{Path{Name: "a/b"}, filepath.Join(home, "a", "b")},
		{Path{Name: "."}, home},
		{Path{Name: "./a//b/"}, filepath.Join(home, "a", "b")},
		{Path{Name: "a", Base: base}, filepath.Join(base, "a")},
		{Path{Name: filepath.Join(home, "a"), Base: base}, filepath.Join(home, "a")},
	} {
		if p, err := f.resolve(c.path); err != nil || p.path != c.want {
			t.Errorf("%+v: %+v, %v", c.path, p, err)
		}
	}
	for _, name := range []string{"..", "../a", "a/..", "a/../b", "./.."} {
		refused(t, second(f.resolve(Path{Name: name, Base: base})), "invalid relative path: "+name)
	}
}

func TestNoRoot(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o666))
	for _, root := range []string{file, file + "x"} {
		if _, err := New(Config{Root: root}); err == nil || !strings.Contains(err.Error(), root) {
			t.Errorf("%s: %v", root, err)
		}
	}
}

// FuzzPath reads and writes at any path of a jail.
func FuzzPath(f *testing.F) {
	for _, name := range []string{"dir/x", "../secret", "out", "above/x", "absolute/x", "dir/../../x", "/", "", ".", "a\x00b", "dir//./x/", "\xff"} {
		f.Add(name, "")
		f.Add(name, "above")
	}
	files, root := jail(f)
	around := filepath.Dir(root)
	f.Fuzz(func(t *testing.T, name, base string) {
		for _, p := range []Path{{Name: name}, {Name: name, Base: filepath.Join(root, base)}, {Name: filepath.Join(root, name)}, {Name: root + "/" + name}} {
			if at, err := files.resolve(p); err == nil && (!filepath.IsLocal(at.name) || filepath.Join(root, at.name) != at.path) {
				t.Fatalf("%+v leads to %+v", p, at)
			}
			if file, err := files.Open(p); err == nil {
				read, _ := io.ReadAll(file)
				if file.Close(); string(read) == "secret" {
					t.Fatalf("%+v reads what is outside", p)
				}
			}
			_, _ = files.Write(p, strings.NewReader("new"))
			_, _ = files.Mkdir(p)
		}
		found, err := os.ReadDir(around)
		if err != nil || len(found) != 2 {
			t.Fatalf("outside are %v, %v", found, err)
		}
		has(t, filepath.Join(around, "secret"), "secret")
	})
}
