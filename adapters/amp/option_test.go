package amp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func TestArguments(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{Variant: "high"})
	got := messages(r.says("args", openapi.TurnStatusCompleted))
	want := "--execute --stream-json --stream-json-thinking --stream-json-input --no-archive-after-execute --no-ide --mode high --log-file "
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %q", got)
	}
	contains(t, got, "--settings-file "+filepath.Join(r.agent.adapter.config.DataDir, "amp", "home", "settings.json"))
}

func TestVariant(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{Variant: "reasoning"})
	said := r.says("args", openapi.TurnStatusCompleted)
	contains(t, statuses(said), "variant: unknown and not used: reasoning; known are low, medium, high, ultra")
	if strings.Contains(messages(said), "--mode") {
		t.Error("an unknown variant was passed on")
	}
	if s := statuses(r.says("args", openapi.TurnStatusCompleted)); s != "" {
		t.Errorf("told again: %q", s)
	}
	if s := statuses(open(t, fakeConfig(t), adapters.Options{Variant: "ultra"}).says("args", openapi.TurnStatusCompleted)); s != "" {
		t.Errorf("got the status %q", s)
	}
}

// What a session bypasses and brings along is put into a copy of the settings in force.
func TestSettings(t *testing.T) {
	skill := filepath.Join(t.TempDir(), "dance")
	if err := os.Mkdir(skill, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(skill, "SKILL.md"), []byte("---\nname: dance\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "settings.json")
	own := "{ // mine\n\"amp.permissions\": [{\"tool\": \"Bash\", \"action\": \"ask\"},], \"amp.skills.path\": \"~/s\" }"
	if err := os.WriteFile(file, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	config := fakeConfig(t, settingsVariable+"="+file)
	r := open(t, config, adapters.Options{PermissionMode: permissionDefault})
	if got := messages(r.says("file --settings-file", openapi.TurnStatusCompleted)); got != own {
		t.Errorf("got %s", got)
	}
	r = open(t, config, adapters.Options{
		PermissionMode: permissionBypass, Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: skill}}},
	})
	got := messages(r.says("file --settings-file", openapi.TurnStatusCompleted))
	contains(t, got, `"amp.dangerouslyAllowAll":true`, `"amp.permissions":[{"tool":"Bash","action":"ask"}]`, `"amp.skills.path":"~/s:`)
	if content, err := os.ReadFile(file); err != nil || string(content) != own {
		t.Errorf("the user's file is %s, %v", content, err)
	}
	if err := os.WriteFile(file, []byte(`{"amp.permissions":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.fails("say x"); !strings.Contains(err.Error(), "settings of Amp in "+file) {
		t.Errorf("got %v", err)
	}
}

func TestPlainJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":"// no /* comment */ ,]","b":"\""}`: `{"a":"// no /* comment */ ,]","b":"\""}`,
		"{ // x\n \"a\": [1, 2, /* y */ ] , }":    "{  \"a\": [1, 2] }",
		"// only":                                 "",
		"/* open":                                 "",
		`"open`:                                   `"open`,
		`"open\`:                                  `"open\`,
		"/":                                       "/",
	} {
		if got := string(plainJSON([]byte(text))); got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
}

func FuzzPlainJSON(f *testing.F) {
	f.Add(`{"a":[1,],/*x*/"b":"//"}//`)
	f.Fuzz(func(t *testing.T, text string) {
		if plain := plainJSON([]byte(text)); len(plain) > len(text) {
			t.Errorf("%q became %q", text, plain)
		}
	})
}

// Secrets are in a file of the process, and neither on its command line nor left behind.
func TestMCP(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{MCP: map[string]openapi.MCPServer{
		"off":       {Type: "local", Command: openapi.MCPCommand{"x"}, Enabled: new(false)},
		"connected": {Type: "local", Command: openapi.MCPCommand{"run", "a"}, Args: []string{"b"}, Env: openapi.StringMap{"K": "secret"}},
		"failed":    {Type: "remote", URL: "u", Transport: "sse", BearerTokenEnvVar: "T", Headers: openapi.StringMap{"A": "secret"}},
	}})
	said := r.says("say x\nfile --mcp-config", openapi.TurnStatusCompleted)
	want := `{"connected":{"command":"run","args":["a","b"],"env":{"K":"secret"}},` +
		`"failed":{"url":"u","headers":{"A":"secret","Authorization":"Bearer ${T}"},"transport":"sse"}}`
	if got := messages(said); got != want {
		t.Errorf("got %s", got)
	}
	if got := statuses(said); got != "mcp: failed: failed" {
		t.Errorf("got %q", got)
	}
	said = r.says("args", openapi.TurnStatusCompleted)
	if strings.Contains(messages(said), "secret") || statuses(said) != "" {
		t.Errorf("got %q, %q", messages(said), statuses(said))
	}
	if left, err := filepath.Glob(filepath.Join(r.agent.adapter.config.DataDir, ID, "sessions", "*")); err != nil || len(left) != 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestEnvironmentOfTheProgram(t *testing.T) {
	r := open(t, fakeConfig(t, "PARLEY_TOKEN=secret", "AMP_THREAD_ID=T-1", "AMP_URL=http://there"), adapters.Options{})
	for name, want := range map[string]string{
		"AMP_SKIP_UPDATE_CHECK": "1", "PARLEY_TOKEN": "", "AMP_THREAD_ID": "", "AMP_URL": "http://there", keyVariable: "key",
	} {
		if got := messages(r.says("env "+name, openapi.TurnStatusCompleted)); got != name+"="+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
