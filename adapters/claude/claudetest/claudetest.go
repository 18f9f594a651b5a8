// Package claudetest gives tests the real Claude Code. Only tests import it.
package claudetest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/claude"
)

// Binary gives the path of the real program. It is installed once, by the adapter itself, into a cache that is kept
// between runs: PARLEY_TEST_CACHE, or parley-test in the user's cache directory.
//
// The test is skipped by -short, and on a machine without npm, unless CI=true.
func Binary(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real Claude Code: left out by -short")
	}
	a := claude.New(claude.Config{DataDir: cache(t)})
	info, err := a.Install(t.Context(), "", func(line string) { t.Log(line) })
	var failed *adapters.InstallError
	if errors.As(err, &failed) && strings.Contains(failed.Message, "not on PATH") && os.Getenv("CI") != "true" {
		t.Skipf("%v (with CI=true this fails)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.Path
}

// Env is an environment in which the program knows nothing of this machine and talks to the model server at url. dir
// becomes its home. What is added comes last and wins.
func Env(dir, url string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CLAUDE_CONFIG_DIR=" + filepath.Join(dir, "claude"), "TMPDIR=" + os.TempDir(),
		"ANTHROPIC_BASE_URL=" + url, "ANTHROPIC_API_KEY=test", "CLAUDE_CODE_MAX_RETRIES=1",
	}, more...)
}

func cache(t testing.TB) string {
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
