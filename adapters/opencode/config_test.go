package opencode

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/skill"
	"github.com/parleyhq/parley/openapi"
)

func TestConfiguration(t *testing.T) {
	env := environ.Env{contentVariable: `{"permission":{"z":"ask","a":"allow"},"agent":{"general":{"permission":{"bash":"allow"},"model":"m"}},"mcp":{"own":{"type":"local"}},"skills":{"paths":["/p"],"urls":["u"]},"experimental":{"x":1}}`}
	off := false
	mcp := map[string]openapi.MCPServer{
		"far": {Type: "http", URL: "http://there/mcp", Headers: openapi.StringMap{"A": "b"}, EnvHTTPHeaders: openapi.StringMap{"X-Key": "KEY"},
			BearerTokenEnvVar: "TOKEN", Timeout: 1500, OAuth: openapi.MCPOAuth{Disabled: true}},
		"near": {Type: "stdio", Command: openapi.MCPCommand{"prog", "one"}, Args: []string{"two"}, Environment: openapi.StringMap{"K": "v"}, Cwd: "/w/", Enabled: &off},
	}
	content, err := configuration(env, mcp, []skill.Skill{{Name: "s", Dir: "/skills/s"}}, map[string]string{"XDG_DATA_HOME": "/d", "K": "not this"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
		"permission": {"z": "ask", "a": "allow"},
		"experimental": {"x": 1, "continue_loop_on_deny": true},
		"agent": {
			"general": {"model": "m", "permission": {"bash": "allow", "edit": "ask", "webfetch": "ask", "websearch": "ask"}},
			"explore": {"permission": {"bash": "ask", "webfetch": "ask", "websearch": "ask"}}
		},
		"skills": {"paths": ["/p", "/skills/s"], "urls": ["u"]},
		"mcp": {
			"own": {"type": "local"},
			"far": {"type": "remote", "url": "http://there/mcp", "enabled": true, "timeout": 1500, "oauth": false,
				"headers": {"A": "b", "X-Key": "{env:KEY}", "Authorization": "Bearer {env:TOKEN}"}},
			"near": {"type": "local", "command": ["prog", "one", "two"], "enabled": false, "cwd": "/w", "environment": {"K": "v", "XDG_DATA_HOME": "/d"}}
		}
	}`
	var got, wanted any
	if json.Unmarshal([]byte(content), &got) != nil || json.Unmarshal([]byte(want), &wanted) != nil || !reflect.DeepEqual(got, wanted) {
		t.Errorf("got %s", content)
	}
	if !strings.Contains(content, `{"z":"ask","a":"allow"}`) {
		t.Error("the order of the user's rules was changed")
	}
	if _, err := configuration(environ.Env{contentVariable: "{// a comment\n}"}, nil, nil, nil); err == nil || !strings.Contains(err.Error(), contentVariable) {
		t.Errorf("got %v", err)
	}
}

// Sessions that need the same share a server, others do not.
func TestLaunches(t *testing.T) {
	a := New(fakeConfig(t))
	one, err := a.launch("p", nil, nil)
	same, _ := a.launch("p", map[string]openapi.MCPServer{}, nil)
	other, _ := a.launch("p", map[string]openapi.MCPServer{"m": {Type: "remote", URL: "u"}}, nil)
	if err != nil || one != same || one == other {
		t.Errorf("got %v, %v, %v, %v", one, same, other, err)
	}
}

func TestHome(t *testing.T) {
	login := t.TempDir()
	if err := os.MkdirAll(filepath.Join(login, "opencode"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(login, "opencode", "auth.json"), []byte(`{"anthropic":{"type":"api"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env         string
		private     bool
		credentials bool
	}{
		{"HOME=/h", true, false},
		{"HOME=/h OPENAI_API_KEY=k", true, true},
		{"HOME=/h PARLEY_OPENCODE_HOME=user", false, false},
		{"HOME=/h XDG_DATA_HOME=" + login, false, true},
		{"HOME=/h OPENROUTER_API_KEY=k XDG_DATA_HOME=" + login, true, true},
		{"HOME=/h PARLEY_OPENCODE_HOME=private XDG_DATA_HOME=" + login, true, false},
	} {
		a := New(Config{DataDir: "/data", Env: strings.Fields(c.env + " PATH=")})
		env := a.forProgram()
		if private := env[dataVariable] == "/data/opencode/home/data"; private != c.private {
			t.Errorf("%s: got %s", c.env, env[dataVariable])
		}
		if got := a.Info(t.Context()).CredentialsAvailable; got != c.credentials {
			t.Errorf("%s: credentials %t", c.env, got)
		}
	}
}

func TestEnvironmentOfTheProgram(t *testing.T) {
	r := run(t, New(fakeConfig(t, "OPENCODE_DISABLE_MODELS_FETCH=0", "PARLEY_TOKEN=secret", "OPENCODE=1", "OPENCODE_PID=7",
		"OPENCODE_SERVER_USERNAME=else", "ANTHROPIC_API_KEY=key")), adapters.Options{})
	for name, want := range map[string]string{
		"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "0", "PARLEY_TOKEN": "", "OPENCODE": "", "OPENCODE_PID": "",
		"OPENCODE_SERVER_USERNAME": "opencode", "ANTHROPIC_API_KEY": "key", "XDG_STATE_HOME": filepath.Join(r.adapter.home(), "home", "state"),
	} {
		if got := messages(r.says("env "+name, openapi.TurnStatusCompleted)); got != name+"="+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The agent's commands have the environment that they would have without OpenCode.
func TestShell(t *testing.T) {
	config := fakeConfig(t, "XDG_CONFIG_HOME=/it's mine", "SHELL=/bin/sh", "OPENCODE_CONFIG_CONTENT={}")
	a := New(config)
	if err := a.prepareHome(); err != nil {
		t.Fatal(err)
	}
	s := a.shell()
	if filepath.Base(s.path) != "sh" || !slices.Contains(a.forServer(launch{}, "secret"), "SHELL="+s.path) {
		t.Fatalf("got %+v", s)
	}
	cmd := exec.CommandContext(t.Context(), s.path, "-c", `env; echo "$1 $2"`, "name", "one", "two words")
	cmd.Env = a.forServer(launch{content: "{}"}, "secret")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := string(out)
	contains(t, got, "XDG_CONFIG_HOME=/it's mine\n", "SHELL=/bin/sh\n", "one two words\n", "HOME=")
	for _, not := range []string{"secret", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "OPENCODE_CONFIG_CONTENT", "OPENCODE_SERVER"} {
		if strings.Contains(got, not) {
			t.Errorf("%s is in %s", not, got)
		}
	}
	for shell, want := range map[string]string{"": "bash", "/bin/false": "bash", "relative/sh": "bash", "/nowhere/zsh": "bash"} {
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "bash"), nil, 0o700); err != nil {
			t.Fatal(err)
		}
		if got := filepath.Base(New(Config{DataDir: t.TempDir(), Env: []string{"SHELL=" + shell, "PATH=" + bin}}).shell().path); got != want {
			t.Errorf("%q: got %s", shell, got)
		}
	}
	if got := filepath.Base(New(Config{DataDir: t.TempDir(), Env: []string{"PATH="}}).shell().path); got != "sh" {
		t.Errorf("got %s", got)
	}
}

// The package for writing plugins is not to be installed; what people have put there is theirs.
func TestSeed(t *testing.T) {
	a := New(fakeConfig(t))
	for range 2 {
		if err := a.prepareHome(); err != nil {
			t.Fatal(err)
		}
	}
	lock := filepath.Join(a.home(), "home", "config", "opencode", "package-lock.json")
	content, err := os.ReadFile(lock)
	if err != nil || !bytes.Contains(content, []byte("@opencode-ai/plugin")) {
		t.Fatalf("got %s, %v", content, err)
	}
	if err := os.WriteFile(lock, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.prepareHome(); err != nil {
		t.Fatal(err)
	}
	if content, _ := os.ReadFile(lock); string(content) != "mine" {
		t.Errorf("got %s", content)
	}
}
