package adaptertest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Cache is a data directory for real agent programs that is kept between runs: PARLEY_TEST_CACHE, or parley-test in the
// user's cache directory.
func Cache(t testing.TB) string {
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

// Install installs a real program by the adapter itself, which keeps its programs in Cache, unless it is there.
// The test is skipped by -short, and on a machine without npm, unless CI=true.
func Install(t testing.TB, a adapters.Installer, version string) openapi.AgentInfo {
	t.Helper()
	if testing.Short() {
		t.Skip("runs a real agent program: left out by -short")
	}
	info, err := a.Install(t.Context(), adapters.InstallRequest{Version: version, Progress: func(line string) { t.Log(line) }})
	var failed *adapters.InstallError
	if errors.As(err, &failed) && strings.Contains(failed.Message, "not on PATH") && os.Getenv("CI") != "true" {
		t.Skipf("%v (with CI=true this fails)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return info
}
