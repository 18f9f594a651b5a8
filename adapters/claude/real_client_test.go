package claude_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/openapi"
)

// A tool of the client is called without a permission and told of under its own name. Its server's key is on no command line
// and in no file that is left.
func TestRealClientTool(t *testing.T) {
	for _, mode := range []string{"default", "plan"} {
		t.Run(mode, func(t *testing.T) {
			o := mcptest.ClientOptions(t)
			o.PermissionMode = mode
			r := newReal(t, o)
			said := r.says(`tool mcp__parley__secret {"name":"Ann"}`)
			if calls := parts[openapi.ToolCallPart](said); len(calls) != 1 || calls[0].Name != mcptest.Tool {
				t.Errorf("got the calls %+v", calls)
			}
			claude.Contains(t, claude.ToolOutputs(said), mcptest.Word+" Ann")
			commands := strings.Join(claude.Left(t), "\n")
			if commands == "" || strings.Contains(commands, mcptest.Key) {
				t.Errorf("the command lines are %s", commands)
			}
			r.close()
			if told := mcptest.Told(t, r.home, r.data, r.options.Directory); len(told) > 0 {
				t.Errorf("the key is in %q", told)
			}
		})
	}
}

// A tool of another server is asked for, also where the name begins alike.
func TestRealNoClientTool(t *testing.T) {
	r := newReal(t, mcptest.ClientOptions(t))
	turn := r.turn(`tool mcp__parley__x__secret {"name":"Ann"}`, "say went on")
	if asked := r.permit(turn, 1, openapi.PermissionReplyReject); !strings.Contains(asked.Action, "mcp__parley__x__secret") {
		t.Errorf("asked for %q", asked.Action)
	}
	calls := parts[openapi.ToolCallPart](r.ends(turn, openapi.TurnStatusCompleted))
	if len(calls) != 1 || calls[0].Name != "mcp__parley__x__secret" {
		t.Errorf("got the calls %+v", calls)
	}
}

// A call may take longer than the program's own limit for calls, which holds where the server has none.
func TestRealClientToolTakesLong(t *testing.T) {
	const limit = 1500 * time.Millisecond
	slow := mcp.NewServer(&mcp.Implementation{Name: "slow", Version: "1"}, nil)
	mcp.AddTool(slow, &mcp.Tool{Name: "wait"}, func(ctx context.Context, _ *mcp.CallToolRequest, _ struct{}) (*mcp.CallToolResult, any, error) {
		select {
		case <-time.After(2 * limit):
		case <-ctx.Done():
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "at last"}}}, nil, nil
	})
	listener := httptest.NewServer(mcp.NewStreamableHTTPHandler(
		func(*http.Request) *mcp.Server { return slow }, &mcp.StreamableHTTPOptions{Stateless: true},
	))
	defer listener.Close()
	defer listener.CloseClientConnections()
	server := openapi.MCPServer{Type: "remote", URL: listener.URL}
	patient := server
	patient.TimeoutMs = (24 * time.Hour).Milliseconds()
	o := adapters.Options{
		MCP:        map[string]openapi.MCPServer{"parley": patient, "hasty": server},
		ToolServer: "parley", ClientTools: []string{"wait"}, PermissionMode: "bypass",
	}
	r := newReal(t, o, "IS_SANDBOX=1", fmt.Sprintf("MCP_TOOL_TIMEOUT=%d", limit.Milliseconds()))
	claude.Contains(t, claude.ToolOutputs(r.says("tool mcp__parley__wait {}")), "at last")
	claude.Contains(t, claude.ToolOutputs(r.says("tool mcp__hasty__wait {}")), "timed out")
}
