package session

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("taken")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mcp := func(s openapi.MCPServer) map[string]openapi.MCPServer { return map[string]openapi.MCPServer{"m": s} }
	skill := func(kind, source string) openapi.Skills {
		return openapi.Skills{Sources: []openapi.SkillSource{{Type: kind, Source: source}}}
	}
	for name, c := range map[string]struct {
		id     string
		req    openapi.CreateSessionRequest
		code   Code
		detail string
	}{
		"unknown agent":     {"s", openapi.CreateSessionRequest{Agent: "Puppet"}, CodeUnsupportedAgent, "Puppet"},
		"agent before id":   {"taken", openapi.CreateSessionRequest{Agent: "none"}, CodeUnsupportedAgent, "none"},
		"taken id":          {"taken", openapi.CreateSessionRequest{Agent: "puppet", AgentMode: "x"}, CodeSessionExists, "taken"},
		"agent mode":        {"s", openapi.CreateSessionRequest{Agent: "puppet", AgentMode: "code"}, CodeModeNotSupported, "puppet code"},
		"permission mode":   {"s", openapi.CreateSessionRequest{Agent: "puppet", PermissionMode: "all"}, CodeInvalidRequest, "invalid permission mode: all"},
		"mode it lacks":     {"s", openapi.CreateSessionRequest{Agent: "puppet", PermissionMode: "bypass"}, CodeModeNotSupported, "puppet bypass"},
		"variant":           {"s", openapi.CreateSessionRequest{Agent: "puppet", Variant: "v"}, CodeInvalidRequest, "variant: not supported by agent puppet"},
		"directory missing": {"s", openapi.CreateSessionRequest{Agent: "puppet", Directory: file + "x"}, CodeInvalidRequest, "directory: path not found: " + file + "x"},
		"directory a file":  {"s", openapi.CreateSessionRequest{Agent: "puppet", Directory: file}, CodeInvalidRequest, "directory: not a directory: " + file},
		"directory relative": {
			"s", openapi.CreateSessionRequest{Agent: "puppet", Directory: "."}, CodeInvalidRequest, "directory: not an absolute path: .",
		},
		"mcp type":     {"s", openapi.CreateSessionRequest{Agent: "puppet", MCP: mcp(openapi.MCPServer{Type: "x"})}, CodeInvalidRequest, "mcp server m: unknown type: x"},
		"mcp command":  {"s", openapi.CreateSessionRequest{Agent: "puppet", MCP: mcp(openapi.MCPServer{Type: "stdio"})}, CodeInvalidRequest, "mcp server m: command is missing"},
		"mcp url":      {"s", openapi.CreateSessionRequest{Agent: "puppet", MCP: mcp(openapi.MCPServer{Type: "http"})}, CodeInvalidRequest, "mcp server m: url is missing"},
		"skill type":   {"s", openapi.CreateSessionRequest{Agent: "puppet", Skills: skill("x", "y")}, CodeInvalidRequest, "skills: unknown source type: x"},
		"skill source": {"s", openapi.CreateSessionRequest{Agent: "puppet", Skills: skill("git", "")}, CodeInvalidRequest, "skills: a source of type git is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Create(t.Context(), c.id, c.req, Idempotency{})
			if e := wantCode(t, err, c.code); e.Detail != c.detail {
				t.Errorf("detail %q, want %q", e.Detail, c.detail)
			}
			if c.id != "taken" {
				_, err = w.Get(t.Context(), c.id)
				wantCode(t, err, CodeSessionNotFound)
			}
		})
	}
}

func TestCreateKeepsWhatItWasTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := t.TempDir()
	req := openapi.CreateSessionRequest{
		Agent:          "puppet",
		AgentMode:      "plan",
		PermissionMode: "acceptEdits",
		Directory:      dir,
		Title:          "T",
		MCP: map[string]openapi.MCPServer{"m": {
			Type: "stdio", Command: openapi.MCPCommand{"run"}, Environment: openapi.StringMap{"A": "b"}, Timeout: 5,
		}},
	}
	if _, err := w.Create(t.Context(), "s", req, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	info, err := w.Get(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	m := info.MCP["m"]
	if info.AgentMode != "plan" || info.PermissionMode != "default" || *info.Model != "wood" || *info.Directory != dir ||
		*info.Title != "T" || info.Variant != nil || info.NativeSessionID != nil || info.EventCount != 1 ||
		m.Type != "local" || m.Env["A"] != "b" || m.TimeoutMs != 5 || m.Environment != nil {
		t.Errorf("session %+v", info)
	}
	w.send("s", "go")
	w.awaitEnds("s", 1)
	o := w.puppet.opened[0]
	if o.SessionID != "s" || o.Directory != dir || o.AgentMode != "plan" || o.Model != "wood" || o.MCP["m"].Command[0] != "run" {
		t.Errorf("options %+v", o)
	}
}

func TestSessionLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("before")
	w.restart(Config{Sessions: 2})
	w.create("a")
	_, err := w.Create(t.Context(), "b", openapi.CreateSessionRequest{Agent: "puppet"}, Idempotency{})
	wantCode(t, err, CodeLimitExceeded)
	if err := w.Terminate(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	w.create("b")
}

func TestListPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		w.create(id)
	}
	var got []string
	for cursor := ""; ; {
		page, err := w.List(t.Context(), 2, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Sessions {
			got = append(got, s.SessionID)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(got) != 5 || got[0] != "5" || got[4] != "1" {
		t.Errorf("sessions %v", got)
	}
	_, err := w.List(t.Context(), 2, "!")
	wantCode(t, err, CodeInvalidRequest)
}
