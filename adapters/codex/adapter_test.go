package codex

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/npm"
	"github.com/parleyhq/parley/openapi"
)

func TestHome(t *testing.T) {
	for _, c := range []struct {
		env     string
		home    string
		private bool
	}{
		{"HOME=/h", "/data/codex/home", true},
		{"HOME=/h OPENAI_API_KEY=k", "/data/codex/home", true},
		{"HOME=/h CODEX_API_KEY=k", "/data/codex/home", true},
		{"HOME=/h OPENAI_API_KEY=k CODEX_HOME=/c", "/c", false},
		{"HOME=/h OPENAI_API_KEY=k PARLEY_CODEX_HOME=user", "/h/.codex", false},
		{"HOME=/h PARLEY_CODEX_HOME=private CODEX_HOME=/c", "/c", false},
	} {
		a := New(Config{DataDir: "/data", Env: strings.Fields(c.env)})
		if home, private := a.state.Dir(a.env); home != c.home || private != c.private {
			t.Errorf("%q: got %s, %t", c.env, home, private)
		}
		if told := slices.Contains(a.forProgram(), "CODEX_HOME=/data/codex/home"); told != c.private {
			t.Errorf("%q: the program is told %t", c.env, told)
		}
	}
}

func TestCredentials(t *testing.T) {
	home := func(auth string) string {
		dir := filepath.Join(t.TempDir(), ".codex")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "auth.json"), []byte(auth), 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Dir(dir)
	}
	for name, c := range map[string]struct {
		env  []string
		want bool
	}{
		"nothing":         {[]string{"HOME=" + t.TempDir()}, false},
		"key":             {[]string{"HOME=" + t.TempDir(), "OPENAI_API_KEY=k"}, true},
		"own key":         {[]string{"HOME=" + t.TempDir(), "CODEX_API_KEY=k"}, true},
		"empty key":       {[]string{"HOME=" + t.TempDir(), "OPENAI_API_KEY="}, false},
		"login":           {[]string{"HOME=" + home(`{"tokens":{"access_token":"x"}}`)}, true},
		"login by key":    {[]string{"HOME=" + home(`{"OPENAI_API_KEY":"k"}`)}, true},
		"logged out":      {[]string{"HOME=" + home(`{"OPENAI_API_KEY":null,"tokens":null}`)}, false},
		"broken":          {[]string{"HOME=" + home(`{`)}, false},
		"other directory": {[]string{"HOME=/nowhere", "CODEX_HOME=" + filepath.Join(home(`{"tokens":{"a":1}}`), ".codex")}, true},
	} {
		a := New(Config{DataDir: t.TempDir(), Env: c.env})
		if got := a.Info(t.Context()).CredentialsAvailable; got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestInfo(t *testing.T) {
	info := New(fakeConfig(t)).Info(t.Context())
	if info.ID != "codex" || !info.Installed || info.Version != fakeVersion || info.Path == "" || info.DefaultModel != "default" {
		t.Errorf("got %+v", info.AgentInfo)
	}
	if info.Takes != (adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true, ClientTools: true}) {
		t.Errorf("takes %+v", info.Takes)
	}
	flags := reflect.ValueOf(info.Capabilities)
	for i := range flags.NumField() {
		name := flags.Type().Field(i).Name
		if flags.Field(i).Bool() == (name == "SharedProcess") {
			t.Errorf("capability %s is %t", name, flags.Field(i).Bool())
		}
	}
}

func TestNotInstalled(t *testing.T) {
	a := New(Config{DataDir: t.TempDir(), Env: []string{"PATH="}})
	if got := a.Info(t.Context()); got.Installed || got.Path != "" || got.Version != "" {
		t.Errorf("got %+v", got.AgentInfo)
	}
	if _, err := a.Open(t.Context(), adapters.Options{}); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
	if _, err := a.Models(t.Context()); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}

// The program is found in the package of every platform that there is one for.
func TestBinaries(t *testing.T) {
	targets := map[string]string{
		"linux-amd64": "x86_64-unknown-linux-musl", "linux-arm64": "aarch64-unknown-linux-musl", "darwin-amd64": "x86_64-apple-darwin",
		"darwin-arm64": "aarch64-apple-darwin", "windows-amd64": "x86_64-pc-windows-msvc", "windows-arm64": "aarch64-pc-windows-msvc",
	}
	target, ok := targets[runtime.GOOS+"-"+runtime.GOARCH]
	if !ok {
		t.Skip("there is no Codex for this platform")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "node_modules", "@openai", "codex-"+npm.Platforms()[0], "vendor", target, "bin", "codex")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := npm.Binary(dir, binaries...); err != nil || got != path {
		t.Errorf("got %s, %v", got, err)
	}
	for _, target := range targets {
		if !slices.ContainsFunc(binaries, func(b string) bool { return strings.Contains(b, target) }) {
			t.Errorf("%s is not looked for", target)
		}
	}
}

func TestPrepare(t *testing.T) {
	a := New(fakeConfig(t))
	o, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: fakeVersion, Variant: "odd", Model: "any"})
	if err != nil || o.AgentVersion != fakeVersion || o.Variant != "odd" || o.Model != "any" {
		t.Errorf("got %+v, %v", o, err)
	}
	for want, o := range map[string]adapters.Options{
		"agentVersion": {AgentVersion: "1.1.1"},
		"skills":       {Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: t.TempDir()}}}},
		"mcp":          {MCP: map[string]openapi.MCPServer{"a b": {Type: "remote", URL: "http://x"}}},
	} {
		var refused *adapters.OptionError
		if _, err := a.Prepare(t.Context(), o); !errors.As(err, &refused) || refused.Option != want || refused.Reason == "" {
			t.Errorf("%s: got %v", want, err)
		}
	}
	for name, s := range map[string]openapi.MCPServer{
		"sse":   {Type: "remote", URL: "http://x", Transport: "sse"},
		"oauth": {Type: "remote", URL: "http://x", OAuth: openapi.MCPOAuth{Config: openapi.MCPOAuthConfig{ClientID: "x"}}},
	} {
		if err := checkMCP(map[string]openapi.MCPServer{name: s}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := checkMCP(map[string]openapi.MCPServer{"a:b@c/d.e-f_9": {Type: "remote", URL: "http://x", Transport: "http"}}); err != nil {
		t.Error(err)
	}
}

func TestModels(t *testing.T) {
	a := New(fakeConfig(t))
	list, err := a.Models(t.Context())
	want := []openapi.AgentModel{
		{ID: "default", Name: "Default"},
		{ID: "fake-model", Name: "The fake-model", Variants: []string{"low", "high"}, DefaultVariant: "low"},
		{ID: "other-model", Name: "The other-model", Variants: []string{"medium"}, DefaultVariant: "medium"},
	}
	if err != nil || list.DefaultModel != "default" || !reflect.DeepEqual(list.Models, want) {
		t.Errorf("got %+v, %v", list, err)
	}
	if found := left(t); len(found) > 0 {
		t.Errorf("left: %q", found)
	}
	list, err = New(fakeConfig(t, start("broken"))).Models(t.Context())
	if err != nil || len(list.Models) != 1 || list.Models[0].ID != "default" {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestEnvironmentOfTheProgram(t *testing.T) {
	for name, want := range map[string]string{
		"NO_COLOR": "1", "PARLEY_TOKEN": "", "CODEX_THREAD_ID": "", "OPENAI_API_KEY": "key", "ANYTHING": "else",
	} {
		r := run(t, fakeConfig(t, "PARLEY_TOKEN=secret", "CODEX_THREAD_ID=x", "OPENAI_API_KEY=key", "ANYTHING=else"), adapters.Options{})
		if got := messages(r.says("env "+name, openapi.TurnStatusCompleted)); got != name+"="+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
