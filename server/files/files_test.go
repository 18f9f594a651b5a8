package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// jail is Files in a directory, with secret beside it and links from inside to outside.
func jail(t testing.TB) (f *Files, root string) {
	t.Helper()
	around := t.TempDir()
	root = filepath.Join(around, "root")
	must(t, os.MkdirAll(filepath.Join(root, "dir"), 0o777))
	must(t, os.WriteFile(filepath.Join(around, "secret"), []byte("secret"), 0o666))
	must(t, os.Symlink("../secret", filepath.Join(root, "out")))
	must(t, os.Symlink("..", filepath.Join(root, "above")))
	must(t, os.Symlink(around, filepath.Join(root, "absolute")))
	return open(t, root), root
}

func open(t testing.TB, root string) *Files {
	t.Helper()
	f, err := New(Config{Root: root})
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// both runs a test in a jail and without one.
func both(t *testing.T, test func(t *testing.T, f *Files, dir string)) {
	t.Parallel()
	t.Run("jail", func(t *testing.T) { t.Parallel(); dir := t.TempDir(); test(t, open(t, dir), dir) })
	t.Run("machine", func(t *testing.T) { t.Parallel(); test(t, open(t, ""), t.TempDir()) })
}

// names lists all that is below a directory.
func names(t testing.TB, dir string) (all []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path != dir {
			rel, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	}))
	return all
}

func has(t testing.TB, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
}

// refused wants a Refusal that begins so.
func refused(t testing.TB, err error, detail string) {
	t.Helper()
	r, ok := errors.AsType[*Refusal](err)
	if !ok || !strings.HasPrefix(r.Detail, detail) {
		t.Errorf("got %v, want a refusal: %s", err, detail)
	}
}

func at(parts ...string) Path { return Path{Name: filepath.Join(parts...)} }

func TestLifeOfAFile(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		path := filepath.Join(dir, "a", "b", "c.txt")
		written, err := f.Write(at(path), strings.NewReader("hello"))
		if err != nil || written != (openapi.FsWritten{Path: path, BytesWritten: 5}) {
			t.Fatalf("%+v, %v", written, err)
		}
		file, err := f.Open(Path{Name: "c.txt", Base: filepath.Join(dir, "a", "b")})
		must(t, err)
		read, err := io.ReadAll(file)
		if err = errors.Join(err, file.Close()); err != nil || string(read) != "hello" {
			t.Errorf("read %q, %v", read, err)
		}
		stat, err := f.Stat(at(path))
		if err != nil || stat.Path != path || stat.EntryType != openapi.FsEntryTypeFile || stat.Size != 5 || stat.Modified.IsZero() {
			t.Errorf("%+v, %v", stat, err)
		}
		moved, err := f.Move(at(path), at(dir, "new", "d.txt"), false)
		if err != nil || moved != (openapi.FsMoved{From: path, To: filepath.Join(dir, "new", "d.txt")}) {
			t.Errorf("%+v, %v", moved, err)
		}
		_, err = f.Stat(at(path))
		refused(t, err, "path not found: "+path)
		_, err = f.Delete(at(dir, "new", "d.txt"), false)
		must(t, err)
		if got := names(t, dir); !slices.Equal(got, []string{"a", "a/b", "new"}) {
			t.Errorf("left %q", got)
		}
	})
}

func TestList(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		for _, name := range []string{"b", "a/x", "c", "B"} {
			_, err := f.Write(at(dir, name), strings.NewReader(name))
			must(t, err)
		}
		must(t, os.Symlink("a", filepath.Join(dir, "link")))
		must(t, os.Symlink("nowhere", filepath.Join(dir, "loose")))
		list, err := f.List(at(dir))
		must(t, err)
		var got []string
		for _, e := range list {
			if e.Path != filepath.Join(dir, e.Name) || e.Modified.IsZero() {
				t.Errorf("%+v", e)
			}
			got = append(got, e.Name+" "+string(e.EntryType))
		}
		if want := []string{"B file", "a directory", "b file", "c file", "link directory", "loose file"}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		_, err = f.List(at(dir, "b"))
		refused(t, err, "not a directory: ")
		_, err = f.List(at(dir, "none"))
		refused(t, err, "path not found: ")
		if list, err := f.List(at(dir, "a", "..", "a")); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestDelete(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		_, err := f.Write(at(dir, "full", "x"), strings.NewReader(""))
		must(t, err)
		must(t, os.Symlink("full", filepath.Join(dir, "link")))
		_, err = f.Delete(at(dir, "none"), true)
		refused(t, err, "path not found: ")
		_, err = f.Delete(at(dir, "full"), false)
		if _, ok := errors.AsType[*Refusal](err); err == nil || ok || !strings.HasPrefix(err.Error(), filepath.Join(dir, "full")) {
			t.Errorf("a directory with something in it: %v", err)
		}
		_, err = f.Delete(at(dir, "link"), true)
		must(t, err)
		if got := names(t, dir); !slices.Equal(got, []string{"full", "full/x"}) {
			t.Errorf("left %q", got)
		}
		_, err = f.Delete(at(dir, "full"), true)
		must(t, err)
		_, err = f.Delete(at("/"), true)
		if _, ok := errors.AsType[*Refusal](err); !ok {
			t.Errorf("the whole machine: %v", err)
		}
		if f.root != "" {
			_, err = f.Delete(at(dir), true)
			refused(t, err, "the root cannot be deleted: "+dir)
		}
	})
}

func TestMkdir(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		for range 2 {
			made, err := f.Mkdir(at(dir, "a", "b"))
			if err != nil || made.Path != filepath.Join(dir, "a", "b") {
				t.Errorf("%+v, %v", made, err)
			}
		}
		_, err := f.Write(at(dir, "file"), strings.NewReader(""))
		must(t, err)
		_, err = f.Mkdir(at(dir, "file"))
		refused(t, err, "not a directory: ")
		_, err = f.Mkdir(at(dir, "file", "x"))
		refused(t, err, "not a directory: ")
	})
}

func TestMove(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		for _, name := range []string{"file", "other", "one/x", "two/y"} {
			_, err := f.Write(at(dir, name), strings.NewReader(name))
			must(t, err)
		}
		move := func(from, to string, overwrite bool) error {
			_, err := f.Move(at(dir, from), at(dir, to), overwrite)
			return err
		}
		refused(t, move("none", "x", false), "path not found: "+filepath.Join(dir, "none"))
		refused(t, move("file", "other", false), "destination already exists: "+filepath.Join(dir, "other"))
		has(t, filepath.Join(dir, "other"), "other")
		must(t, move("file", "other", true))
		has(t, filepath.Join(dir, "other"), "file")
		must(t, move("one", "two", true))
		if err := move("two/x", "two", true); err == nil {
			t.Error("a file took the place of its own directory")
		}
		if err := move("two", "two/x", true); err == nil {
			t.Error("a directory went into itself")
		}
		if got := names(t, dir); !slices.Equal(got, []string{"other", "two", "two/x"}) {
			t.Errorf("left %q", got)
		}
		must(t, move("other", "two", true))
		has(t, filepath.Join(dir, "two"), "file")
		if got := names(t, dir); !slices.Equal(got, []string{"two"}) {
			t.Errorf("left %q", got)
		}
	})
}

// TestNoFiles is what is there and cannot be read as a file.
func TestNoFiles(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		_, err := f.Open(at(dir))
		refused(t, err, "not a file: ")
		_, err = f.Open(at(dir, "none"))
		refused(t, err, "path not found: ")
		_, err = f.Stat(at(dir, strings.Repeat("x", 5000)))
		refused(t, err, "path too long: ")
		_, err = f.Stat(Path{Name: dir + "/a\x00b"})
		refused(t, err, "invalid path: ")
		must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
		_, err = f.Open(at(dir, "loop"))
		refused(t, err, "too many links: ")
	})
}
