package claude

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
)

func TestHome(t *testing.T) {
	for _, c := range []struct {
		env     string
		home    string
		private bool
	}{
		{"HOME=/h", "/data/claude/home", true},
		{"HOME=/h ANTHROPIC_API_KEY=k", "/data/claude/home", true},
		{"HOME=/h CLAUDE_CODE_OAUTH_TOKEN=k", "/data/claude/home", true},
		{"HOME=/h ANTHROPIC_API_KEY=k CLAUDE_CONFIG_DIR=/c", "/c", false},
		{"HOME=/h ANTHROPIC_API_KEY=k PARLEY_CLAUDE_HOME=user", "/h/.claude", false},
		{"HOME=/h PARLEY_CLAUDE_HOME=private CLAUDE_CONFIG_DIR=/c", "/c", false},
	} {
		a := New(Config{DataDir: "/data", Env: strings.Fields(c.env)})
		if home, private := a.state.Dir(a.env); home != c.home || private != c.private {
			t.Errorf("%s: got %s, %t", c.env, home, private)
		}
		told := slices.Contains(a.forProgram(), "CLAUDE_CONFIG_DIR=/data/claude/home")
		if told != c.private {
			t.Errorf("%s: the program is told %t", c.env, told)
		}
	}
}

func TestCredentials(t *testing.T) {
	write := func(path, content string) string {
		dir := t.TempDir()
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, c := range map[string]struct {
		env  []string
		want bool
	}{
		"nothing":         {[]string{"HOME=" + t.TempDir()}, false},
		"key":             {[]string{"HOME=" + t.TempDir(), "ANTHROPIC_API_KEY=k"}, true},
		"token":           {[]string{"HOME=" + t.TempDir(), "CLAUDE_CODE_OAUTH_TOKEN=k"}, true},
		"empty key":       {[]string{"HOME=" + t.TempDir(), "ANTHROPIC_API_KEY="}, false},
		"cloud":           {[]string{"HOME=" + t.TempDir(), "CLAUDE_CODE_USE_BEDROCK=1"}, true},
		"login file":      {[]string{"HOME=" + write(".claude/.credentials.json", `{"claudeAiOauth":{"accessToken":"x"}}`)}, true},
		"logged out":      {[]string{"HOME=" + write(".claude/.credentials.json", `{"claudeAiOauth":null}`)}, false},
		"account":         {[]string{"HOME=" + write(".claude.json", `{"oauthAccount":{"a":1}}`)}, true},
		"no account":      {[]string{"HOME=" + write(".claude.json", `{"numStartups":3}`)}, false},
		"broken":          {[]string{"HOME=" + write(".claude.json", `{`)}, false},
		"key helper":      {[]string{"HOME=" + write(".claude/settings.json", `{"apiKeyHelper":"pass"}`)}, true},
		"other directory": {[]string{"HOME=/nowhere", "CLAUDE_CONFIG_DIR=" + write(".claude.json", `{"primaryApiKey":"k"}`)}, true},
	} {
		a := New(Config{DataDir: t.TempDir(), Env: c.env})
		if got := a.Info(t.Context()).CredentialsAvailable; got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestInfo(t *testing.T) {
	info := New(fakeConfig(t)).Info(t.Context())
	if info.ID != "claude" || !info.Installed || info.Version != fakeVersion || info.Path == "" {
		t.Errorf("got %+v", info.AgentInfo)
	}
	if info.Takes != (adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true, ClientTools: true}) {
		t.Errorf("takes %+v", info.Takes)
	}
	flags := reflect.ValueOf(info.Capabilities)
	for i := range flags.NumField() {
		name := flags.Type().Field(i).Name
		if flags.Field(i).Bool() == (name == "SharedProcess" || name == "Steering") {
			t.Errorf("capability %s is %t", name, flags.Field(i).Bool())
		}
	}
	empty := New(Config{DataDir: t.TempDir(), Env: []string{"PATH="}})
	if got := empty.Info(t.Context()); got.Installed || got.Path != "" || got.Version != "" {
		t.Errorf("nothing is installed, got %+v", got.AgentInfo)
	}
	if _, err := empty.Open(t.Context(), adapters.Options{}); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
	if uuid.Validate(empty.NativeSessionID("any")) != nil {
		t.Error("the native name is no UUID")
	}
}

func TestPrepare(t *testing.T) {
	a := New(fakeConfig(t))
	o, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: fakeVersion, Variant: "odd"})
	if err != nil || o.AgentVersion != fakeVersion || o.Variant != "odd" {
		t.Errorf("got %+v, %v", o, err)
	}
	var refused *adapters.OptionError
	if _, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: "1.1.1"}); !errors.As(err, &refused) || refused.Option != "agentVersion" {
		t.Errorf("got %v", err)
	}
}

func TestModels(t *testing.T) {
	a := New(fakeConfig(t))
	list, err := a.Models(t.Context())
	if err != nil || list.DefaultModel != "default" || len(list.Models) != 2 || !slices.Equal(list.Models[1].Variants, []string{"low", "high"}) {
		t.Errorf("got %+v, %v", list, err)
	}
	for name, config := range map[string]Config{
		"not installed": {DataDir: t.TempDir(), Env: []string{"PATH="}},
		"broken":        fakeConfig(t, start("broken")),
	} {
		list, err := New(config).Models(t.Context())
		if err != nil || len(list.Models) != 4 || list.Models[3].ID != "haiku" {
			t.Errorf("%s: got %+v, %v", name, list, err)
		}
	}
}
