package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/server/webtest"
)

// TestOctavusSDK runs the server SDK of the agent-sessions family against the binary: only its base URL is ours.
func TestOctavusSDK(t *testing.T) {
	t.Parallel()
	runSDK(t, "octavus_*.test.mjs")
}

// TestOctavusSDKExpiry is for sessions that expire by themselves, as soon as they are left alone.
func TestOctavusSDKExpiry(t *testing.T) {
	t.Parallel()
	runSDK(t, "expiry.test.mjs", "--session-expiry", "1ms")
}

// TestAISDK runs Vercel's AI SDK, and the chat that its useChat is made of, against the binary.
func TestAISDK(t *testing.T) {
	t.Parallel()
	runSDK(t, "ai_*.test.mjs")
}

// sdkToken is what the servers want to see, as the SDKs' API key.
const sdkToken = "sdk-secret"

// sdkServer runs the binary with the agents that are declared in files, and a provider whose model says what its user tells it to.
func sdkServer(t *testing.T, provider *model.Server, args ...string) *server {
	t.Helper()
	agents := t.TempDir()
	for _, folder := range []string{"adapters/declared/testdata/agents/desk", "examples/support-agent"} {
		from := os.DirFS(filepath.Join("../../../..", folder))
		if err := os.CopyFS(filepath.Join(agents, filepath.Base(folder)), from); err != nil {
			t.Fatal(err)
		}
	}
	s := newServer(t, append([]string{"--token", sdkToken, "--agents-dir", agents}, args...)...)
	s.env = append(os.Environ(),
		"ANTHROPIC_BASE_URL="+provider.URL, "ANTHROPIC_API_KEY=test", "OPENAI_BASE_URL="+provider.URL+"/v1", "OPENAI_API_KEY=test")
	s.start()
	return s
}

// runSDK runs the scripts of a pattern in Node, against a server of their own. Their tests have names, and what fails says so.
func runSDK(t *testing.T, pattern string, args ...string) {
	t.Helper()
	dir := webtest.Packages(t, "testdata/sdk")
	scripts, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts %s: %v", pattern, err)
	}
	s := sdkServer(t, model.Start(t), args...)
	node := webtest.Command(t, dir, "node", append([]string{"--test", "--test-timeout=120000", "--test-reporter=spec"}, scripts...)...)
	node.Env = append(os.Environ(), "PARLEY_URL="+s.url, "PARLEY_TOKEN="+sdkToken)
	out, err := node.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nThe server said:\n%s", err, out, s.out)
	}
	t.Logf("%s", out)
}
