package webtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Packages copies a folder that has a package.json and a package-lock.json into a directory of the test's own, with the packages
// of the lock beside it, and returns that directory. A node_modules of the folder's own is left behind.
func Packages(t testing.TB, folder string) string {
	t.Helper()
	need(t, "npm")
	modules := filepath.Join(installed(t, folder), "node_modules")
	dir := t.TempDir()
	if err := os.CopyFS(dir, without{os.DirFS(folder), "node_modules"}); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// installed is a directory with the packages of a folder's lock, once for all who ask for the same.
func installed(t testing.TB, folder string) string {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json"} {
		files[name] = content(t, filepath.Join(folder, name))
	}
	return once(t, files, func(dir string) {
		run(t, dir, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	})
}

// without is a file system that lacks one entry of its root.
type without struct {
	fs.FS
	name string
}

// ReadDir implements fs.ReadDirFS.
func (w without) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	kept := entries[:0]
	for _, e := range entries {
		if name != "." || e.Name() != w.name {
			kept = append(kept, e)
		}
	}
	return kept, err
}
