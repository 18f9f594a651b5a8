// Package codextest gives tests the real Codex. Only tests import it.
package codextest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/codex"
)

// Binary gives the path of the real program, or skips the test: see adaptertest.Install.
func Binary(t testing.TB) string {
	t.Helper()
	return adaptertest.Install(t, codex.New(codex.Config{DataDir: adaptertest.Cache(t)}), "").Path
}

// Model is the model that Env configures.
const Model = "scripted-large"

// Key is the key that the model server gets from a program with the environment Env.
const Key = "test-key"

// Env is an environment in which the program knows nothing of this machine and talks to the model server at url, which a
// configuration that is written into dir says. dir becomes its home. What is added comes last and wins.
func Env(dir, url string, more ...string) []string {
	home := Home(dir)
	Configure(home, fmt.Sprintf(`model = %q
model_provider = "scripted"

[model_providers.scripted]
name = "Scripted"
base_url = %q
wire_api = "responses"
env_key = "OPENAI_API_KEY"
request_max_retries = 1
stream_max_retries = 1
`, Model, url+"/v1"))
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CODEX_HOME=" + home, "TMPDIR=" + os.TempDir(), "OPENAI_API_KEY=" + Key,
	}, more...)
}

// Home is the directory in which the program with the environment Env keeps its sessions and settings.
func Home(dir string) string { return filepath.Join(dir, "codex") }

// Configure writes a config.toml into a home. A test that cannot is of no use: it panics.
func Configure(home, config string) {
	err := os.MkdirAll(home, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(home, "config.toml"), []byte(config), 0o600)
	}
	if err != nil {
		panic(err)
	}
}
