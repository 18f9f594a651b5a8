package mcpserver

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

func TestEnabled(t *testing.T) {
	servers := map[string]openapi.MCPServer{"a": {}, "b": {Enabled: new(true)}, "c": {Enabled: new(false)}}
	if got := slices.Sorted(maps.Keys(Enabled(servers))); !slices.Equal(got, []string{"a", "b"}) || len(servers) != 3 {
		t.Errorf("got %q", got)
	}
}

func TestArgv(t *testing.T) {
	s := openapi.MCPServer{Command: openapi.MCPCommand{"sh", "-c"}, Args: []string{`pwd; echo "$0"`, "it's $HOME"}}
	if got := Argv(s); !slices.Equal(got, []string{"sh", "-c", `pwd; echo "$0"`, "it's $HOME"}) {
		t.Errorf("got %q", got)
	}
	s.Cwd = t.TempDir()
	argv := Argv(s)
	out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput()
	if want := s.Cwd + "\nit's $HOME"; err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("got %s, %v", out, err)
	}
}

func TestHeaders(t *testing.T) {
	got := Headers(openapi.MCPServer{
		Headers:           openapi.StringMap{"A": "a", "Authorization": "none"},
		EnvHeaders:        openapi.StringMap{"B": "VARIABLE"},
		BearerTokenEnvVar: "TOKEN",
	})
	want := map[string]string{"A": "a", "B": "${VARIABLE}", "Authorization": "Bearer ${TOKEN}"}
	if !maps.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
