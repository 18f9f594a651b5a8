package amp

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func TestHome(t *testing.T) {
	stored := storedKey(t, `{"apiKey@https://ampcode.com/":"k"}`)
	for _, c := range []struct {
		env, settings string
		private       bool
	}{
		{"HOME=/h", "/data/amp/home/settings.json", true},
		{"HOME=/h AMP_API_KEY=k", "/data/amp/home/settings.json", true},
		{"HOME=" + stored, stored + "/.config/amp/settings.json", false},
		{"HOME=" + stored + " XDG_CONFIG_HOME=/c", "/c/amp/settings.json", false},
		{"HOME=" + stored + " AMP_API_KEY=k", "/data/amp/home/settings.json", true},
		{"HOME=" + stored + " PARLEY_AMP_HOME=private", "/data/amp/home/settings.json", true},
		{"HOME=/h AMP_API_KEY=k PARLEY_AMP_HOME=user", "/h/.config/amp/settings.json", false},
		{"HOME=/h AMP_API_KEY=k AMP_SETTINGS_FILE=/s.json", "/s.json", true},
	} {
		a := New(Config{DataDir: "/data", Env: strings.Fields(c.env)})
		if got := a.settingsPath(); got != c.settings {
			t.Errorf("%s: got %s", c.env, got)
		}
		log := slices.Contains((&agent{adapter: a}).arguments(), "/data/amp/home/logs/cli.log")
		if log != c.private {
			t.Errorf("%s: the log is private: %t", c.env, log)
		}
	}
}

func TestCredentials(t *testing.T) {
	settings := filepath.Join(t.TempDir(), "amp", "settings.json")
	if err := errors.Join(os.MkdirAll(filepath.Dir(settings), 0o700),
		os.WriteFile(settings, []byte("{ // mine\n\"amp.experimental.cli.nativeSecretsStorage.enabled\": true, }"), 0o600)); err != nil {
		t.Fatal(err)
	}
	config := filepath.Dir(filepath.Dir(settings))
	for _, c := range []struct {
		secrets, env string
		want         bool
	}{
		{`{}`, "", false},
		{`{}`, "AMP_API_KEY=k", true},
		{`{}`, "AMP_API_KEY=", false},
		{`{"apiKey@https://ampcode.com/":"k"}`, "", true},
		{`{"apiKey@http://elsewhere":"k"}`, "PARLEY_AMP_HOME=private", true},
		{`{"apiKey@https://ampcode.com/":""}`, "", false},
		{`{"apiKey@https://ampcode.com/":null,"oauth-refresh-token@x":"k"}`, "", false},
		{`{`, "", false},
		{`{}`, "XDG_CONFIG_HOME=" + config, false}, // whose settings do not hold
		{`{}`, "XDG_CONFIG_HOME=" + config + " PARLEY_AMP_HOME=user", true},
		{`{"apiKey@https://ampcode.com/":"k"}`, "XDG_DATA_HOME=/nowhere", false},
	} {
		env := append(strings.Fields(c.env), "HOME="+storedKey(t, c.secrets))
		a := New(Config{DataDir: t.TempDir(), Env: env})
		if got := a.Info(t.Context()).CredentialsAvailable; got != c.want {
			t.Errorf("%s %s: got %t", c.secrets, c.env, got)
		}
	}
}

func TestInfo(t *testing.T) {
	info := New(fakeConfig(t)).Info(t.Context())
	if info.ID != "amp" || !info.Installed || info.Version != fakeVersion || info.Path == "" || !info.CredentialsAvailable {
		t.Errorf("got %+v", info.AgentInfo)
	}
	if info.Takes != (adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true}) {
		t.Errorf("takes %+v", info.Takes)
	}
	has := []string{"ErrorEvents", "FileAttachments", "MCPTools", "Reasoning", "Status", "TextMessages", "ToolCalls", "ToolResults"}
	flags := reflect.ValueOf(info.Capabilities)
	for i := range flags.NumField() {
		name := flags.Type().Field(i).Name
		if flags.Field(i).Bool() != slices.Contains(has, name) {
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
}

func TestModels(t *testing.T) {
	a := New(fakeConfig(t))
	list, err := a.Models(t.Context())
	want := openapi.AgentModel{ID: "amp-default", Name: "Amp Default", Variants: []string{"low", "medium", "high", "ultra"}, DefaultVariant: "medium"}
	if err != nil || list.DefaultModel != "amp-default" || len(list.Models) != 1 || !reflect.DeepEqual(list.Models[0], want) {
		t.Errorf("got %+v, %v", list, err)
	}
	list.Models[0].Variants[0] = "spoilt"
	if again, _ := a.Models(t.Context()); again.Models[0].Variants[0] != "low" {
		t.Error("what a caller changes is kept")
	}
}

func TestPrepare(t *testing.T) {
	a := New(fakeConfig(t))
	local := openapi.MCPServer{Type: "local", Command: openapi.MCPCommand{"x"}}
	timed, login := local, openapi.MCPServer{Type: "remote", URL: "u", OAuth: openapi.MCPOAuth{Config: openapi.MCPOAuthConfig{ClientID: "c"}}}
	timed.TimeoutMs = 1
	mcp := func(s openapi.MCPServer) map[string]openapi.MCPServer { return map[string]openapi.MCPServer{"m": s} }
	for _, o := range []adapters.Options{
		{}, {AgentVersion: fakeVersion, Variant: "odd", Model: "amp-default"}, {MCP: mcp(local)},
	} {
		if got, err := a.Prepare(t.Context(), o); err != nil || !reflect.DeepEqual(got, o) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	missing := openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: t.TempDir()}}}
	for want, o := range map[string]adapters.Options{
		"agentVersion: this server starts Amp " + fakeVersion + " only": {AgentVersion: "1.1.1"},
		"model: Amp chooses its models itself":                          {Model: "gpt"},
		"mcp: server m: timeoutMs":                                      {MCP: mcp(timed)},
		"mcp: server m: Amp takes no OAuth client":                      {MCP: mcp(login)},
		"skills: ": {Skills: missing},
	} {
		var refused *adapters.OptionError
		if _, err := a.Prepare(t.Context(), o); !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}
