// Package acptest gives tests real agents that speak the Agent Client Protocol: Gemini CLI, and the bridge to Claude Code. Only
// tests import it.
package acptest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/acp"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// Gemini gives the path of the real Gemini CLI, or skips the test: see adaptertest.Install.
func Gemini(t testing.TB) string {
	t.Helper()
	return adaptertest.Install(t, acp.Gemini(acp.Config{DataDir: adaptertest.Cache(t)}), "").Path
}

// GeminiEnv is an environment in which Gemini CLI knows nothing of this machine and talks to the model server at url. dir becomes
// its home. What is added comes last and wins.
func GeminiEnv(dir, url string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir(), "GOOGLE_GEMINI_BASE_URL=" + url, "GEMINI_API_KEY=test",
	}, more...)
}

// Bridge gives the path of the real claude-agent-acp, which speaks the protocol for Claude Code, or skips the test.
func Bridge(t testing.TB) string {
	t.Helper()
	return adaptertest.Install(t, bridge{program.New(program.Spec{
		Name: "claude-agent-acp", Command: "claude-agent-acp", Package: "@agentclientprotocol/claude-agent-acp", Version: "0.100.0",
		Binaries: []string{"node_modules/.bin/claude-agent-acp"}, DataDir: adaptertest.Cache(t),
	})}, "").Path
}

// BridgeEnv is an environment in which the bridge knows nothing of this machine and talks to the model server at url.
func BridgeEnv(dir, url string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CLAUDE_CONFIG_DIR=" + filepath.Join(dir, "claude"), "TMPDIR=" + os.TempDir(),
		"ANTHROPIC_BASE_URL=" + url, "ANTHROPIC_API_KEY=test", "CLAUDE_CODE_MAX_RETRIES=1", "IS_SANDBOX=1",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "DISABLE_AUTOUPDATER=1",
	}, more...)
}

// bridge installs the bridge.
type bridge struct{ programs *program.Finder }

func (b bridge) Install(ctx context.Context, r adapters.InstallRequest) (openapi.AgentInfo, error) {
	p, err := b.programs.Install(ctx, r)
	return openapi.AgentInfo{Path: p.Path, Version: p.Version}, err
}
