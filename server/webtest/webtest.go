// Package webtest gives tests the real programs of the web: Node with npm packages, and a browser. What it installs it keeps
// in the tests' cache.
//
// A test that needs them is left out by -short, and on a machine that lacks them, unless CI=true.
package webtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"

	"github.com/parleyhq/parley/adapters/adaptertest"
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

// Browser is the path of a Chromium: PARLEY_TEST_BROWSER, or chromium on PATH.
func Browser(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("PARLEY_TEST_BROWSER"); path != "" {
		return path
	}
	return need(t, "chromium")
}

// Command is a program that ends with the test.
func Command(t testing.TB, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), need(t, name), args...)
	c.Dir = dir
	return c
}

// need finds a program.
func need(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs " + name + ": left out by -short")
	}
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatal(err)
	default:
		t.Skipf("%v (with CI=true this fails)", err)
	}
	return path
}

// installed is a directory with the packages of a folder's lock, once for all who ask for the same.
func installed(t testing.TB, folder string) string {
	t.Helper()
	sum := sha256.New()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = content
		sum.Write(content)
	}
	dir := filepath.Join(adaptertest.Cache(t), "web", hex.EncodeToString(sum.Sum(nil)[:8]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	done := filepath.Join(dir, "done")
	if _, err := os.Stat(done); err == nil {
		return dir
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	npm(t, dir)
	if err := os.WriteFile(done, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func npm(t testing.TB, dir string) {
	t.Helper()
	// Not the test's own context: a test that is ended must not leave half of an installation to the others.
	c := exec.CommandContext(context.Background(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
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
