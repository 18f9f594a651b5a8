package claude

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func TestMCPConfig(t *testing.T) {
	got, err := json.Marshal(newMCPConfig(map[string]openapi.MCPServer{
		"off":   {Type: "local", Command: openapi.MCPCommand{"x"}, Enabled: new(false)},
		"on":    {Type: "local", Command: openapi.MCPCommand{"run", "a"}, Args: []string{"b"}, Env: openapi.StringMap{"K": "v"}, Enabled: new(true)},
		"there": {Type: "local", Command: openapi.MCPCommand{"run"}, Cwd: "/w"},
		"http":  {Type: "remote", URL: "u", TimeoutMs: 60000, Headers: openapi.StringMap{"A": "b"}},
		"sse":   {Type: "remote", URL: "u", TimeoutMs: 5, Transport: "sse", EnvHeaders: openapi.StringMap{"A": "B"}, BearerTokenEnvVar: "T"},
	}))
	want := `{"mcpServers":{` +
		`"http":{"type":"http","url":"u","headers":{"A":"b"},"timeout":60000},` +
		`"on":{"type":"stdio","command":"run","args":["a","b"],"env":{"K":"v"}},` +
		`"sse":{"type":"sse","url":"u","headers":{"A":"${B}","Authorization":"Bearer ${T}"},"timeout":1000},` +
		`"there":{"type":"stdio","command":"/bin/sh","args":["-c","cd -- \"$0\" \u0026\u0026 exec \"$@\"","/w","run"]}}}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func skillOptions(t *testing.T) (o adapters.Options, file string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dance")
	file = filepath.Join(dir, "SKILL.md")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(file, []byte("---\nname: dance\n---\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return adapters.Options{
		SessionID: "a/strange\nname", Directory: t.TempDir(),
		MCP:    map[string]openapi.MCPServer{"m": {Type: "remote", URL: "http://there", Headers: openapi.StringMap{"Authorization": "Bearer secret"}}},
		Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: dir}}},
	}, file
}

// The files are there for nobody else, and only as long as the process.
func TestFilesOfAProcess(t *testing.T) {
	config := fakeConfig(t)
	o, _ := skillOptions(t)
	r := run(t, config, o)
	for range 2 { // the second process is given them anew
		said := messages(r.says("args", openapi.TurnStatusCompleted))
		named := regexp.MustCompile(`--mcp-config=(\S+) --plugin-dir (\S+) --allowedTools=Read\(/(\S+)/\*\*\)`).FindStringSubmatch(said)
		if named == nil || named[2] != named[3] {
			t.Fatalf("got %q", said)
		}
		for path, mode := range map[string]fs.FileMode{
			named[1]: 0o600, filepath.Dir(named[1]): 0o700 | fs.ModeDir, filepath.Join(named[2], "skills/dance/SKILL.md"): 0o644,
		} {
			if info, err := os.Stat(path); err != nil || info.Mode() != mode {
				t.Errorf("%s: got %v, %v", path, info, err)
			}
		}
		r.agent.drop(r.agent.conn)
		if _, err := os.Stat(filepath.Dir(named[1])); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("left: %v", err)
		}
	}
}

// A process that is not started leaves none.
func TestFilesOfAStartThatFails(t *testing.T) {
	config := fakeConfig(t)
	o, file := skillOptions(t)
	r := run(t, config, o)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := r.host.Turn(t, r.agent, "say x").Wait(t); err == nil {
		t.Error("started without its skills")
	}
	if left, err := filepath.Glob(filepath.Join(config.DataDir, ID, "sessions", "*")); err != nil || len(left) != 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestPrepareRefusesMCPAndSkills(t *testing.T) {
	a := New(fakeConfig(t))
	o, file := skillOptions(t)
	if got, err := a.Prepare(t.Context(), o); err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("got %+v, %v", got, err)
	}
	refused := func(option string, err error) {
		t.Helper()
		var bad *adapters.OptionError
		if !errors.As(err, &bad) || bad.Option != option {
			t.Errorf("got %v", err)
		}
	}
	_, err := a.Prepare(t.Context(), adapters.Options{MCP: map[string]openapi.MCPServer{
		"m": {Type: "remote", URL: "u", OAuth: openapi.MCPOAuth{Config: openapi.MCPOAuthConfig{ClientID: "c"}}},
	}})
	refused("mcp", err)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	_, err = a.Prepare(t.Context(), o)
	refused("skills", err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o.Skills.Sources[0] = openapi.SkillSource{Type: "git", Source: "file:///nowhere"}
	if _, err := a.Prepare(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Servers in trouble are told of when their state changes, with the reason where the program gives one.
func TestMCPTrouble(t *testing.T) {
	c := newConverter(false, "a", "b", "c")
	init := func(servers ...mcpStatus) bool { c.begin("m"); return c.trouble(servers) }
	if !init(mcpStatus{Name: "a", Status: "connected"}, mcpStatus{Name: "b", Status: "pending"}, mcpStatus{Name: "own", Status: "failed"},
		mcpStatus{Name: "other", Status: "needs-auth"}) {
		t.Error("no trouble")
	}
	got := statuses(c.tellTrouble(json.RawMessage(`{"response":{"mcpServers":[{"name":"own","error":"no luck"},{"name":"a","error":"x"}]}}`)))
	if want := "mcp: b: pending\nmcp: own: failed: no luck\nmcp: c: not taken by Claude Code"; got != want {
		t.Errorf("got %q", got)
	}
	if !init(mcpStatus{Name: "b", Status: "failed"}, mcpStatus{Name: "own", Status: "failed"}, mcpStatus{Name: "a", Status: "connected"}) {
		t.Error("a change was not noticed")
	}
	got = statuses(c.tellTrouble(json.RawMessage(`{"subtype":"error"}`)))
	if want := "mcp: b: failed"; got != want {
		t.Errorf("got %q", got)
	}
	if got := c.tellTrouble(nil); len(got) != 0 {
		t.Errorf("told again: %+v", got)
	}
}
