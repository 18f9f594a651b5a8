package webtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gofrs/flock"

	"github.com/parleyhq/parley/adapters/adaptertest"
)

// once is a directory in the cache that has the files and what an installation adds to them. Who comes while it is made
// waits; one that was not finished is made again.
func once(t testing.TB, files map[string][]byte, install func(dir string)) string {
	t.Helper()
	dir := filepath.Join(adaptertest.Cache(t), "web", sum(files))
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
		write(t, filepath.Join(dir, name), content)
	}
	install(dir)
	write(t, done, nil)
	return dir
}

// sum names what the files say.
func sum(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		_, _ = h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// run waits for a program, also when the test is ended: half of an installation must not be left to the others.
func run(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(context.Background(), name, args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, args[0], err, out)
	}
}

func content(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
