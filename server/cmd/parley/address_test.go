package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/parleyhq/parley/server/store/sqlite"
)

func TestAddressIsThereWhileTheServerRuns(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(addressFile(dir), []byte("http://127.0.0.1:1\n"), 0o600); err != nil { // of one that was killed
		t.Fatal(err)
	}
	s := serving(t, nil, "--data-dir", dir)
	s.want(200, "GET", "/v1/health", "")
	if said, err := os.ReadFile(addressFile(dir)); err != nil || strings.TrimSpace(string(said)) != s.url {
		t.Errorf("the file says %q, %v; the server is at %s", said, err, s.url)
	}
	s.end(syscall.SIGTERM)
	if _, err := os.Stat(addressFile(dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file outlives its server: %v", err)
	}
}

func TestRunBesideWhatIsNoServer(t *testing.T) {
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), dataFile(dir), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	refused(t, ran(t, nil, "run", "--data-dir", dir, "--agent", "mock", "hi"), dir, "parley serve")
}
