package npm

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cacheDir is kept between runs: the package is large.
func cacheDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("PARLEY_TEST_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "parley-test")
}

func TestRealPackage(t *testing.T) {
	if testing.Short() {
		t.Skip("installs a real package: left out by -short")
	}
	r := Request{Dir: filepath.Join(cacheDir(t), "npm"), Package: "@anthropic-ai/claude-code", Version: "2.1.330", Progress: t.Output()}
	err := Install(t.Context(), r)
	if errors.Is(err, ErrMissing) && os.Getenv("CI") != "true" {
		t.Skipf("%v (with CI=true this fails)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	program, err := Binary(r.Path(), "node_modules/@anthropic-ai/claude-code-{platform}/claude{exe}")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--version")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), r.Version) {
		t.Fatalf("--version: %v\n%s", err, out)
	}
}
