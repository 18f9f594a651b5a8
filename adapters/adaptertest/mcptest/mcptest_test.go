package mcptest_test

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
)

func TestMain(m *testing.M) {
	mcptest.Main()
	os.Exit(m.Run())
}

func call(t *testing.T, transport mcp.Transport) {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	got, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: mcptest.Tool, Arguments: map[string]any{"name": "Ann"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := got.Content[0].(*mcp.TextContent).Text; text != mcptest.Word+" Ann" {
		t.Errorf("got %q", text)
	}
}

func TestRemote(t *testing.T) {
	s := mcptest.Start(t)
	call(t, &mcp.StreamableClientTransport{Endpoint: s.Remote().URL})
	if got := s.Calls(); !slices.Equal(got, []string{"Ann"}) || len(s.Headers()) == 0 {
		t.Errorf("got %q", got)
	}
}

func TestLocal(t *testing.T) {
	local := mcptest.Local(t)
	cmd := exec.Command(local.Command[0])
	for name, value := range local.Env {
		cmd.Env = append(os.Environ(), name+"="+value)
	}
	call(t, &mcp.CommandTransport{Command: cmd})
}
