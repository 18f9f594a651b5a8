package codex_test

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
	"github.com/parleyhq/parley/adapters/codex"
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
			if calls := codex.Parts[openapi.ToolCallPart](said); len(calls) != 1 || calls[0].Name != mcptest.Tool {
				t.Errorf("got the calls %+v", calls)
			}
			codex.Contains(t, codex.ToolOutputs(said), mcptest.Word+" Ann")
			commands := strings.Join(codex.Left(t), "\n")
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
	calls := codex.Parts[openapi.ToolCallPart](r.ends(turn, openapi.TurnStatusCompleted))
	if len(calls) != 1 || calls[0].Name != "mcp__parley__x__secret" {
		t.Errorf("got the calls %+v", calls)
	}
}
