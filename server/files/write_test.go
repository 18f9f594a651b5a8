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
	"testing/iotest"
)

var errCut = errors.New("cut")

// cut is a body that ends too soon.
func cut() io.Reader { return io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errCut)) }

// TestNothingIsLeft of a file whose body does not come whole, not even the directories that it needed.
func TestNothingIsLeft(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		_, err := f.Write(at(dir, "old"), strings.NewReader("old"))
		must(t, err)
		for _, name := range []string{"old", "new", "a/b/c"} {
			if _, err := f.Write(at(dir, name), cut()); !errors.Is(err, ErrBody) || !errors.Is(err, errCut) {
				t.Errorf("%s: %v", name, err)
			}
		}
		has(t, filepath.Join(dir, "old"), "old")
		if got := names(t, dir); !slices.Equal(got, []string{"old"}) {
			t.Errorf("left %q", got)
		}
	})
}

// unwritable is a tree whose new files take nothing.
type unwritable struct{ tree }

func (u unwritable) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	file, err := u.tree.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	closed := file.Close()
	readOnly, err := u.tree.OpenFile(name, os.O_RDONLY, 0)
	return readOnly, errors.Join(err, closed)
}

func TestWriteFails(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		_, err := f.Write(at(dir, "old"), strings.NewReader("old"))
		must(t, err)
		broken := &Files{tree: unwritable{f.tree}, root: f.root}
		for _, name := range []string{"old", "new", "a/b/c"} {
			_, err := broken.Write(at(dir, name), strings.NewReader("new"))
			if _, ok := errors.AsType[*Refusal](err); err == nil || ok || strings.Contains(err.Error(), ".parley") {
				t.Errorf("%s: %v", name, err)
			}
		}
		has(t, filepath.Join(dir, "old"), "old")
		if got := names(t, dir); !slices.Equal(got, []string{"old"}) {
			t.Errorf("left %q", got)
		}
	})
}

func TestReplacedFileKeepsItsMode(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		path := filepath.Join(dir, "run.sh")
		must(t, os.WriteFile(path, []byte("old"), 0o666))
		for _, mode := range []fs.FileMode{0o755, 0o600, 0o777, 0o444} {
			must(t, os.Chmod(path, mode))
			_, err := f.Write(at(path), strings.NewReader("new"))
			must(t, err)
			if info, err := os.Stat(path); err != nil || info.Mode() != mode {
				t.Errorf("mode %v, %v; was %v", info.Mode(), err, mode)
			}
		}
	})
}

// TestWriteThroughALink leaves the link.
func TestWriteThroughALink(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		must(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o777))
		must(t, os.WriteFile(filepath.Join(dir, "a", "real"), []byte("old"), 0o666))
		must(t, os.Symlink("a/b", filepath.Join(dir, "short")))
		must(t, os.Symlink("../real", filepath.Join(dir, "a", "b", "link")))
		_, err := f.Write(at(dir, "short", "link"), strings.NewReader("new"))
		must(t, err)
		has(t, filepath.Join(dir, "a", "real"), "new")
		if info, err := os.Lstat(filepath.Join(dir, "a", "b", "link")); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link is %v, %v", info.Mode(), err)
		}
		must(t, os.Symlink("nowhere", filepath.Join(dir, "loose")))
		_, err = f.Write(at(dir, "loose"), strings.NewReader("new"))
		refused(t, err, "path not found: ")
	})
}

func TestWriteOverNoFile(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		must(t, os.MkdirAll(filepath.Join(dir, "dir"), 0o777))
		must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o666))
		_, err := f.Write(at(dir, "dir"), strings.NewReader("new"))
		refused(t, err, "not a file: ")
		_, err = f.Write(Path{Name: filepath.Join(dir, "new") + "/"}, strings.NewReader("new"))
		refused(t, err, "is a directory: ")
		_, err = f.Write(at(dir, "file", "x"), strings.NewReader("new"))
		refused(t, err, "not a directory: ")
		_, err = f.Write(at(dir), strings.NewReader("new"))
		refused(t, err, "not a file: ")
		if got := names(t, dir); !slices.Equal(got, []string{"dir", "file"}) {
			t.Errorf("left %q", got)
		}
	})
}

// lookOut is a body that tells what others may do with the file that it becomes.
type lookOut struct {
	dir  string
	mode fs.FileMode
}

func (l *lookOut) Read([]byte) (int, error) {
	parts, err := filepath.Glob(filepath.Join(l.dir, ".parley-*.part"))
	if err != nil || len(parts) != 1 {
		return 0, errCut
	}
	info, err := os.Stat(parts[0])
	if err != nil {
		return 0, err
	}
	l.mode = info.Mode()
	return 0, io.EOF
}

// TestSecretIsNotShownMeanwhile: what takes the place of a file that others may not read is not theirs to read before either.
func TestSecretIsNotShownMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		must(t, os.WriteFile(filepath.Join(dir, "key"), []byte("old"), 0o600))
		body := &lookOut{dir: dir}
		_, err := f.Write(at(dir, "key"), body)
		must(t, err)
		if body.mode != 0o600 {
			t.Errorf("while it was written the mode was %v", body.mode)
		}
	})
}

// opened notes the directories that are opened.
type opened struct {
	tree
	dirs []string
}

func (o *opened) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	if info, err := o.Stat(name); err == nil && info.IsDir() {
		o.dirs = append(o.dirs, name)
	}
	return o.tree.OpenFile(name, flag, perm)
}

// TestNamesAreOnDisk, those of the file and of every directory that was made for it: a directory must be opened to be synced.
func TestNamesAreOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := &opened{tree: machine{}}
	f := &Files{tree: o}
	_, err := f.Write(at(dir, "a", "b", "file"), strings.NewReader("new"))
	must(t, err)
	if want := []string{filepath.Join(dir, "a", "b"), filepath.Join(dir, "a"), dir}; !slices.Equal(o.dirs, want) {
		t.Errorf("synced %q", o.dirs)
	}
}
