package claude_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/openapi"
)

const callSecret = `tool mcp__tools__secret {"name":"Ann"}`

func mcpOptions(s openapi.MCPServer) adapters.Options {
	return adapters.Options{MCP: map[string]openapi.MCPServer{"tools": s}}
}

// A tool of an MCP server asks for permission as every other, and its answer reaches the model.
func TestRealMCP(t *testing.T) {
	for name, server := range map[string]openapi.MCPServer{"local": mcptest.Local(t), "remote": mcptest.Start(t).Remote()} {
		t.Run(name, func(t *testing.T) {
			r := newReal(t, mcpOptions(server))
			turn := r.turn(callSecret)
			if asked := r.permit(turn, 1, openapi.PermissionReplyOnce); asked.Action != "mcp__tools__secret" {
				t.Errorf("asked for %q", asked.Action)
			}
			said := r.ends(turn, openapi.TurnStatusCompleted)
			claude.Contains(t, claude.ToolOutputs(said), mcptest.Word+" Ann")
			claude.Contains(t, claude.Messages(said), mcptest.Word+" Ann")
			if s := claude.Statuses(said); s != "" {
				t.Errorf("got the status %q", s)
			}
		})
	}
}

func TestRealMCPRejected(t *testing.T) {
	server := mcptest.Start(t)
	r := newReal(t, mcpOptions(server.Remote()))
	turn := r.turn(callSecret, "say went on")
	r.permit(turn, 1, openapi.PermissionReplyReject)
	claude.Contains(t, claude.Messages(r.ends(turn, openapi.TurnStatusCompleted)), "went on")
	if calls := server.Calls(); len(calls) != 0 {
		t.Errorf("called with %q", calls)
	}
}

// Secrets come from the environment of the program into headers, and are neither on its command line nor left behind.
func TestRealMCPSecrets(t *testing.T) {
	server := mcptest.Start(t)
	s := server.Remote()
	s.Headers = openapi.StringMap{"X-Plain": "plain"}
	s.EnvHeaders = openapi.StringMap{"X-Key": "TOOLS_KEY"}
	s.BearerTokenEnvVar = "TOOLS_TOKEN"
	r := newReal(t, mcpOptions(s), "TOOLS_KEY=the-key", "TOOLS_TOKEN=the-token")
	r.says("say x")
	for _, h := range server.Headers() {
		if h.Get("X-Plain") != "plain" || h.Get("X-Key") != "the-key" || h.Get("Authorization") != "Bearer the-token" {
			t.Errorf("got the headers %v", h)
		}
	}
	if len(server.Headers()) == 0 {
		t.Error("the server was not asked")
	}
	command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", claude.PID(r.agent)))
	if err != nil || strings.Contains(string(command), "plain") {
		t.Errorf("the command line is %q, %v", command, err)
	}
	r.close()
	if left, err := filepath.Glob(filepath.Join(r.data, "claude", "sessions", "*")); err != nil || len(left) != 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

// Servers that do not work are told of, once, with the reason; the others work.
func TestRealMCPThatCannotStart(t *testing.T) {
	disabled := mcptest.Start(t)
	off := disabled.Remote()
	off.Enabled = new(false)
	r := newReal(t, adapters.Options{MCP: map[string]openapi.MCPServer{
		"tools":     mcptest.Local(t),
		"missing":   {Type: "local", Command: openapi.MCPCommand{"/no/such/program"}},
		"deaf":      {Type: "remote", URL: "http://127.0.0.1:9/mcp", Transport: "sse"},
		"workspace": {Type: "local", Command: openapi.MCPCommand{"true"}}, // a name that Claude Code keeps for itself
		"off":       off,
	}})
	turn := r.turn(callSecret, "say done")
	r.permit(turn, 1, openapi.PermissionReplyOnce)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	claude.Contains(t, claude.ToolOutputs(said), mcptest.Word)
	told := claude.Statuses(said)
	claude.Contains(t, told, "mcp: missing: failed: ENOENT", "mcp: deaf: failed: ", "mcp: workspace: not taken")
	if n := strings.Count(told, "mcp:"); n != 3 {
		t.Errorf("told %d times: %q", n, told)
	}
	if told := claude.Statuses(r.says("say again")); told != "" {
		t.Errorf("told again: %q", told)
	}
	if len(disabled.Headers()) != 0 {
		t.Error("a server that is not enabled was asked")
	}
}

// What a project brings along is used as always, approved or not. The first turn waits for a server that hangs as long as
// MCP_TIMEOUT says, which is half a minute where it is not set.
func TestRealMCPOfTheProject(t *testing.T) {
	r := newReal(t, mcpOptions(mcptest.Local(t)), "MCP_TIMEOUT=3000")
	project := `{"mcpServers":{"project":{"command":"sleep","args":["600"]},"tools":{"command":"false"}}}`
	if err := os.WriteFile(r.path(".mcp.json"), []byte(project), 0o600); err != nil {
		t.Fatal(err)
	}
	turn := r.turn(callSecret)
	r.permit(turn, 1, openapi.PermissionReplyOnce)
	claude.Contains(t, claude.ToolOutputs(r.ends(turn, openapi.TurnStatusCompleted)), mcptest.Word)
	if content, err := os.ReadFile(r.path(".mcp.json")); err != nil || string(content) != project {
		t.Errorf("the project's file is %q, %v", content, err)
	}
}

// A call that takes too long is given up; the directory of a local server is its own.
func TestRealMCPTimeoutAndDirectory(t *testing.T) {
	slow := mcp.NewServer(&mcp.Implementation{Name: "slow", Version: "1"}, nil)
	mcp.AddTool(slow, &mcp.Tool{Name: "wait"}, func(ctx context.Context, _ *mcp.CallToolRequest, _ struct{}) (*mcp.CallToolResult, any, error) {
		<-ctx.Done()
		return nil, nil, ctx.Err()
	})
	listener := httptest.NewServer(mcp.NewSSEHandler(func(*http.Request) *mcp.Server { return slow }, nil))
	defer listener.Close()
	defer listener.CloseClientConnections()
	local, dir := mcptest.Local(t), t.TempDir()
	local.Cwd, local.Env = dir, openapi.StringMap{}
	local.Command = openapi.MCPCommand{"/bin/sh", "-c", "pwd > here"}
	r := newReal(t, adapters.Options{PermissionMode: "bypass", MCP: map[string]openapi.MCPServer{
		"slow": {Type: "remote", URL: listener.URL, Transport: "sse", TimeoutMs: 10}, "local": local,
	}}, "IS_SANDBOX=1")
	claude.Contains(t, claude.ToolOutputs(r.says("tool mcp__slow__wait {}")), "timed out")
	if here, err := os.ReadFile(filepath.Join(dir, "here")); err != nil || strings.TrimSpace(string(here)) != dir {
		t.Errorf("the server ran in %q, %v", here, err)
	}
}
