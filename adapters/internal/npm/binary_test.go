package npm

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func place(t *testing.T, dir, path string, mode os.FileMode) string {
	t.Helper()
	full := filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, nil, mode); err != nil {
		t.Fatal(err)
	}
	return full
}

func TestBinary(t *testing.T) {
	platform := Platforms()[0]
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "directory"), 0o755); err != nil {
		t.Fatal(err)
	}
	place(t, dir, "plain/text", 0o644)
	place(t, dir, "for/other-"+runtime.GOOS+"/run", 0o755)
	want := place(t, dir, "for/some-"+platform+"/run", 0o755)
	place(t, dir, "later/run", 0o755)
	got, err := Binary(dir, "none", "a/directory", "plain/text", "for/some-{platform}/run{exe}", "later/run")
	if err != nil || got != want {
		t.Errorf("got %s, %v", got, err)
	}
	_, err = Binary(dir, "none/{platform}/x", "plain/text")
	if !errors.Is(err, ErrNoBinary) || !strings.Contains(err.Error(), "none/"+platform+"/x") || strings.Count(err.Error(), "plain/text") != 1 {
		t.Errorf("got %v", err)
	}
}

func TestPlatforms(t *testing.T) {
	for system, want := range map[string][]string{
		"linux/amd64":   {"linux-x64", "linux-x64-musl"},
		"linux/arm64":   {"linux-arm64", "linux-arm64-musl"},
		"darwin/amd64":  {"darwin-x64"},
		"darwin/arm64":  {"darwin-arm64"},
		"windows/amd64": {"win32-x64"},
		"windows/386":   {"win32-ia32"},
	} {
		goos, goarch, _ := strings.Cut(system, "/")
		if got := platforms(goos, goarch); !slices.Equal(got, want) {
			t.Errorf("%s: got %v", system, got)
		}
	}
}
