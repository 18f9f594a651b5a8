// Package claudetest gives tests the real Claude Code. Only tests import it.
package claudetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/claude"
)

// Binary gives the path of the real program, or skips the test: see adaptertest.Install.
func Binary(t testing.TB) string {
	t.Helper()
	return adaptertest.Install(t, claude.New(claude.Config{DataDir: adaptertest.Cache(t)}), "").Path
}

// Env is an environment in which the program knows nothing of this machine and talks to the model server at url. dir
// becomes its home. What is added comes last and wins.
func Env(dir, url string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CLAUDE_CONFIG_DIR=" + filepath.Join(dir, "claude"), "TMPDIR=" + os.TempDir(),
		"ANTHROPIC_BASE_URL=" + url, "ANTHROPIC_API_KEY=test", "CLAUDE_CODE_MAX_RETRIES=1",
	}, more...)
}
