package acp

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func TestInfo(t *testing.T) {
	config := fakeConfig(t)
	config.ID = "fake"
	a := New(config)
	info := a.Info(t.Context())
	if info.ID != "fake" || !info.Installed || info.Path != config.Command || info.Version != "" || !info.CredentialsAvailable {
		t.Errorf("got %+v", info.AgentInfo)
	}
	if info.Takes != (adapters.Takes{Model: true, Directory: true, MCP: true}) || len(info.Modes) != 1 || len(info.PermissionModes) != 1 {
		t.Errorf("before the first start: %+v", info)
	}
	runOn(t, a, adapters.Options{}).says("say x", openapi.TurnStatusCompleted)
	info = a.Info(t.Context())
	var modes []string
	for _, m := range info.Modes {
		modes = append(modes, m.ID+"="+m.Name)
	}
	if got := strings.Join(modes, " "); got != "build=Build plan=Plan autoEdit=Auto Edit yolo=YOLO pirate=Pirate" {
		t.Errorf("got %s", got)
	}
	if info.Version != fakeVersion || !info.Capabilities.Images || !info.Capabilities.PlanMode || len(info.PermissionModes) != 4 {
		t.Errorf("got %+v", info)
	}
	// A server that was started again knows it without starting the program; one that starts it in another way does not.
	if again := New(config).Info(t.Context()); !reflect.DeepEqual(again, info) {
		t.Errorf("got %+v", again)
	}
	config.Args = []string{"--other"}
	if other := New(config).Info(t.Context()); len(other.Modes) != 1 {
		t.Errorf("got %+v", other.Modes)
	}
}

func TestModels(t *testing.T) {
	for how, want := range map[string]string{
		"":        "default=Default[] small=Small[] large=Large[]",
		"options": "default=Default[low high] small=Small[low high] large=Large[]",
		"bare":    "default=Default[]", "broken": "default=Default[]", "login": "default=Default[]",
	} {
		a := New(fakeConfig(t, how))
		for range 2 {
			list, err := a.Models(t.Context())
			var got []string
			for _, m := range list.Models {
				got = append(got, fmt.Sprintf("%s=%s%v", m.ID, m.Name, m.Variants))
			}
			if err != nil || list.DefaultModel != "default" || strings.Join(got, " ") != want {
				t.Errorf("%q: got %s, %v", how, got, err)
			}
		}
		if found := left(t); len(found) > 0 {
			t.Errorf("left: %q", found)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, how := range []string{"", "options"} {
		for _, c := range []struct {
			options    adapters.Options
			mode, more string
		}{
			{adapters.Options{}, "default", "small"},
			{adapters.Options{Model: defaultModel, AgentMode: modeBuild, PermissionMode: permissionDefault}, "default", "small"},
			{adapters.Options{Model: "large", AgentMode: modePlan}, "plan", "large"},
			{adapters.Options{PermissionMode: permissionPlan}, "plan", "small"},
			{adapters.Options{PermissionMode: permissionAcceptEdits}, "autoEdit", "small"},
			{adapters.Options{PermissionMode: permissionBypass}, "yolo", "small"},
			{adapters.Options{AgentMode: "pirate"}, "pirate", "small"},
		} {
			config := fakeConfig(t, how)
			r := run(t, config, c.options)
			got := messages(r.says("show mode\nshow model", openapi.TurnStatusCompleted))
			if got != c.mode+"\n"+c.more {
				t.Errorf("%q %+v: got %q", how, c.options, got)
			}
			r.close()
			c.options.NativeSessionID = r.agent.native
			if again := messages(run(t, config, c.options).says("show mode\nshow model", openapi.TurnStatusCompleted)); again != got {
				t.Errorf("%q %+v: in another process: %q", how, c.options, again)
			}
		}
	}
}

// A mode that the agent has taken by itself is the session's from then on, in other processes and other servers too.
func TestModeChanges(t *testing.T) {
	config := fakeConfig(t)
	r := run(t, config, adapters.Options{AgentMode: modePlan})
	if got := statuses(r.says("mode autoEdit\nmode autoEdit", openapi.TurnStatusCompleted)); got != "mode: autoEdit" {
		t.Errorf("got %q", got)
	}
	r.agent.drop(r.agent.conn)
	if got := messages(r.says("show mode", openapi.TurnStatusCompleted)); got != "autoEdit" {
		t.Errorf("in another process: %q", got)
	}
	r.close()
	o := adapters.Options{NativeSessionID: r.agent.native, AgentMode: modePlan, History: historyOf(r.host.Log())}
	if got := messages(run(t, config, o).says("show mode", openapi.TurnStatusCompleted)); got != "autoEdit" {
		t.Errorf("in another server: %q", got)
	}
}

func TestRefusedOptions(t *testing.T) {
	for _, c := range []struct {
		how     string
		options adapters.Options
		want    string
	}{
		{"", adapters.Options{Model: "no-such-model"}, "Fake refuses the model no-such-model: unknown model"},
		{"bare", adapters.Options{Model: "large"}, "Fake has nothing to choose for the model of the session"},
		{"bare", adapters.Options{AgentMode: modePlan}, "Fake has nothing to choose for the agentMode of the session"},
		{"", adapters.Options{MCP: map[string]openapi.MCPServer{"web": {Type: "remote", URL: "http://x"}}}, "mcp: server web: the agent takes no MCP servers over http"},
	} {
		r := run(t, fakeConfig(t, c.how), c.options)
		f := pick[openapi.Failure](r.says("say x", openapi.TurnStatusFailed))
		if len(f) != 1 || f[0].Data.Message != c.want {
			t.Errorf("got %+v", f)
		}
	}
}

func TestVariant(t *testing.T) {
	for how, want := range map[string]string{"options": "variant: unknown and not used: odd; known are low, high", "": "variant: not used: the agent has none"} {
		r := run(t, fakeConfig(t, how), adapters.Options{Variant: "odd"})
		if got := statuses(r.says("say x", openapi.TurnStatusCompleted)); got != want {
			t.Errorf("got %q", got)
		}
		if got := statuses(r.says("say x", openapi.TurnStatusCompleted)); got != "" {
			t.Errorf("told again: %q", got)
		}
	}
	r := run(t, fakeConfig(t, "options"), adapters.Options{Variant: "high"})
	if got := statuses(r.says("say x", openapi.TurnStatusCompleted)); got != "" || !r.agent.adapter.Info(t.Context()).Takes.Variant {
		t.Errorf("got %q", got)
	}
}

func TestPrepare(t *testing.T) {
	config := fakeConfig(t)
	config.ServerEnv = append(config.ServerEnv, "TOKEN=t")
	a := New(config)
	off := false
	for _, c := range []struct {
		server openapi.MCPServer
		want   string
	}{
		{openapi.MCPServer{Type: "local", Command: openapi.MCPCommand{"x"}, Cwd: "/x"}, ""},
		{openapi.MCPServer{Type: "local", Command: openapi.MCPCommand{"x"}, TimeoutMs: 5}, "server s: timeoutMs cannot be told to the agent"},
		{openapi.MCPServer{Type: "remote", URL: "u", BearerTokenEnvVar: "TOKEN"}, ""},
		{openapi.MCPServer{Type: "remote", URL: "u", BearerTokenEnvVar: "NOTHING"}, "server s: the environment of the server has no variable NOTHING"},
		{openapi.MCPServer{Type: "remote", URL: "u", EnvHeaders: openapi.StringMap{"H": "NOTHING"}, Enabled: &off}, ""},
		{openapi.MCPServer{Type: "remote", URL: "u", OAuth: openapi.MCPOAuth{Config: openapi.MCPOAuthConfig{ClientID: "c"}}}, "server s: oauth cannot be told to the agent"},
	} {
		_, err := a.Prepare(t.Context(), adapters.Options{MCP: map[string]openapi.MCPServer{"s": c.server}})
		var refused *adapters.OptionError
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &refused) || refused.Option != "mcp" || refused.Reason != c.want) {
			t.Errorf("%+v: got %v", c.server, err)
		}
	}
	runOn(t, a, adapters.Options{}).says("say x", openapi.TurnStatusCompleted)
	var refused *adapters.OptionError
	remote := map[string]openapi.MCPServer{"s": {Type: "remote", URL: "u"}}
	if _, err := a.Prepare(t.Context(), adapters.Options{MCP: remote}); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "over http") {
		t.Errorf("what the agent has told is not used: %v", err)
	}
	_, err := a.Prepare(t.Context(), adapters.Options{AgentMode: modePlan, PermissionMode: permissionBypass})
	if !errors.As(err, &refused) || refused.Option != "permissionMode" {
		t.Errorf("got %v", err)
	}
}

func TestMCP(t *testing.T) {
	config := fakeConfig(t, "http")
	config.ServerEnv = append(config.ServerEnv, "TOKEN=t0ken", "TEAM=red")
	off := false
	r := run(t, config, adapters.Options{MCP: map[string]openapi.MCPServer{
		"b":   {Type: "local", Command: openapi.MCPCommand{"prog", "one"}, Args: []string{"two"}, Env: openapi.StringMap{"B": "2", "A": "1"}},
		"a":   {Type: "remote", URL: "http://x", Headers: openapi.StringMap{"X": "y"}, BearerTokenEnvVar: "TOKEN", EnvHeaders: openapi.StringMap{"T": "TEAM"}},
		"off": {Type: "local", Command: openapi.MCPCommand{"x"}, Enabled: &off},
		"cwd": {Type: "local", Command: openapi.MCPCommand{"prog"}, Cwd: "/tmp"},
	}})
	want := `[{"headers":[{"name":"Authorization","value":"Bearer t0ken"},{"name":"T","value":"red"},{"name":"X","value":"y"}],"name":"a","type":"http","url":"http://x"},` +
		`{"args":["one","two"],"command":"prog","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"name":"b"},` +
		`{"args":["-c","cd -- \"$0\" && exec \"$@\"","/tmp","prog"],"command":"/bin/sh","env":[],"name":"cwd"}]`
	if got := messages(r.says("show servers", openapi.TurnStatusCompleted)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestEnvironment(t *testing.T) {
	config := fakeConfig(t)
	config.ServerEnv = append(config.ServerEnv, "PARLEY_TOKEN=secret", "A=server", "B=server")
	config.Env["A"], config.Args = "own", []string{"acp", "--x y"}
	r := run(t, config, adapters.Options{})
	got := messages(r.says("show env A\nshow env B\nshow env PARLEY_TOKEN\nshow args", openapi.TurnStatusCompleted))
	if got != "A=own\nB=server\nPARLEY_TOKEN=\nacp --x y" {
		t.Errorf("got %q", got)
	}
}

func TestAttachments(t *testing.T) {
	pixel, _ := base64.StdEncoding.DecodeString("iVBORw0KGgo=")
	const file = `{"mimeType":"text/plain","name":"F","type":"resource_link","uri":"file://DIR/f.txt"}`
	for how, want := range map[string]string{
		"":      `[{"text":"content","type":"text"},{"data":"iVBORw0KGgo=","mimeType":"image/png","type":"image","uri":"file://DIR/a%20b.png"},` + file + `]`,
		"blind": `[{"text":"content","type":"text"},{"mimeType":"image/png","name":"a b.png","type":"resource_link","uri":"file://DIR/a%20b.png"},` + file + `]`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a b.png"), pixel, 0o600); err != nil {
			t.Fatal(err)
		}
		r := run(t, fakeConfig(t, how), adapters.Options{Directory: dir})
		in := adapters.Input{Number: 1, TurnID: "turn_1", Text: "content\n- a b.png", Message: "content", Attachments: []openapi.Attachment{
			{Path: "a b.png"}, {Path: dir + "/f.txt", Filename: "F", Mime: "text/plain"},
		}}
		if _, err := r.agent.Turn(t.Context(), in, r.host); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(messages(r.host.Outputs()), dir, "DIR"); got != want {
			t.Errorf("%q: got %s", how, got)
		}
	}
}

func TestParseCommand(t *testing.T) {
	for command, want := range map[string]string{
		"goose acp":                         "acp goose [acp]",
		"goose=goose acp":                   "goose goose [acp]",
		"my-agent2=/opt/agent --a=b":        "my-agent2 /opt/agent [--a=b]",
		`/opt/agent --key=value`:            "acp /opt/agent [--key=value]",
		`x='a program' "two words" a\ b ''`: "x a program [two words|a b|]",
		`x=y "a\"b\$c\d" 'a\b'`:             `x y [a"b$c\d|a\b]`,
		"  spaced   out\t":                  "acp spaced [out]",
		`x=y a"b"'c'd`:                      "x y [abcd]",
	} {
		c, err := ParseCommand(command)
		if got := fmt.Sprintf("%s %s [%s]", c.ID, c.Command, strings.Join(c.Args, "|")); err != nil || got != want {
			t.Errorf("%q: got %s, %v", command, got, err)
		}
	}
	for command, want := range map[string]string{
		"": "no program", "goose=": "no program", "x=''": "no program", `x="y`: "not closed", `x=y\`: "not closed",
		"Goose=goose": "small letters", "=goose": "small letters", "claude=x": "Parley's own", "gemini=x": "Parley's own", "2x=y": "small letters",
	} {
		if _, err := ParseCommand(command); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", command, err)
		}
	}
}

func TestReadConfig(t *testing.T) {
	write := func(content string) string {
		path := filepath.Join(t.TempDir(), "agents.yaml")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	want := []Config{{ID: "goose", Name: "Goose", Command: "goose", Args: []string{"acp"}, Env: map[string]string{"A": "b"}}, {ID: "acp", Command: "x"}}
	for _, content := range []string{
		"agents:\n  - {id: goose, name: Goose, command: goose, args: [acp], env: {A: b}}\n  - command: x\n",
		"{\n\t\"agents\": [{\"id\":\"goose\",\"name\":\"Goose\",\"command\":\"goose\",\"args\":[\"acp\"],\"env\":{\"A\":\"b\"}},{\"command\":\"x\"}]}\n",
	} {
		if got, err := ReadConfig(write(content)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	for _, empty := range []string{"", "agents: []", "{}"} {
		if got, err := ReadConfig(write(empty)); err != nil || len(got) != 0 {
			t.Errorf("%q: got %+v, %v", empty, got, err)
		}
	}
	for content, want := range map[string]string{
		"agents: [{id: x}]":                        "agents[0].command: is missing",
		"agents: [{id: X, command: y}]":            `agents[0].id "X": only`,
		"agents: [{id: codex, command: y}]":        `agents[0].id "codex": is the name of`,
		"agents: [{command: y}, {command: z}]":     `agents[1].id "acp": is there twice`,
		"agents: [{command: y, model: z}]":         "field model not found",
		"agent: []":                                "field agent not found",
		`{"agents":[{"command":"y","model":"z"}]}`: `unknown field "model"`,
		"agents: {}":                               "cannot unmarshal",
		"agents: [{command: [y]}]":                 "cannot unmarshal",
		"agents: []\n---\nagents: []":              "more than one document",
		"agents: [{command: y, env: {'A=B': c}}]":  `agents[0].env: "A=B" is not the name of a variable`,
		"agents: [":                                "line 1",
	} {
		path := write(content)
		_, err := ReadConfig(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), "type acp") {
			t.Errorf("%q: got %v", content, err)
		}
	}
	if _, err := ReadConfig(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestGeminiHome(t *testing.T) {
	for _, c := range []struct{ env, home, private string }{
		{"HOME=/h", "/data/gemini/home", "yes"},
		{"HOME=/h GEMINI_API_KEY=k", "/data/gemini/home", "yes"},
		{"HOME=/h GEMINI_API_KEY=k GEMINI_CLI_HOME=/c", "/c", ""},
		{"HOME=/h GEMINI_API_KEY=k PARLEY_GEMINI_HOME=user", "/h", ""},
	} {
		a := Gemini(Config{DataDir: "/data", ServerEnv: strings.Fields(c.env)})
		g := &gemini{env: a.env, state: geminiState(a.env, "/data")}
		home, private := g.state.Dir(a.env)
		if home != c.home || private != (c.private == "yes") {
			t.Errorf("%s: got %s, %t", c.env, home, private)
		}
		env := a.environment().List()
		if told := slices.Contains(env, "GEMINI_CLI_HOME=/data/gemini/home"); told != private || !slices.Contains(env, "GEMINI_CLI_TRUST_WORKSPACE=true") {
			t.Errorf("%s: got %q", c.env, env)
		}
	}
}

func TestGeminiCredentials(t *testing.T) {
	write := func(name, content string) string {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, ".gemini"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, ".gemini", name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, c := range map[string]struct {
		env  []string
		want bool
	}{
		"nothing":   {[]string{"HOME=" + t.TempDir()}, false},
		"key":       {[]string{"HOME=" + t.TempDir(), "GEMINI_API_KEY=k"}, true},
		"other key": {[]string{"HOME=" + t.TempDir(), "GOOGLE_API_KEY=k"}, true},
		"vertex":    {[]string{"HOME=" + t.TempDir(), "GOOGLE_GENAI_USE_VERTEXAI=true"}, true},
		"login":     {[]string{"HOME=" + write("oauth_creds.json", `{"refresh_token":"x"}`)}, true},
		"no login":  {[]string{"HOME=" + write("oauth_creds.json", `{}`)}, false},
		"chosen":    {[]string{"HOME=" + write("settings.json", `{"security":{"auth":{"selectedType":"oauth-personal"}}}`)}, true},
		"variables": {[]string{"HOME=" + write(".env", "GEMINI_API_KEY=k\n")}, true},
	} {
		if got := Gemini(Config{DataDir: t.TempDir(), ServerEnv: c.env}).Info(t.Context()).CredentialsAvailable; got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestGeminiSettings(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "gemini", "home", ".gemini", "settings.json")
	ready := func(env ...string) string {
		a := Gemini(Config{DataDir: dir, ServerEnv: append(env, "HOME=/h", "PATH=")})
		if err := a.kind.ready(); err != nil {
			t.Fatal(err)
		}
		content, _ := os.ReadFile(path)
		return string(content)
	}
	contains(t, ready("GEMINI_API_KEY=k"), `"selectedType": "gemini-api-key"`, `"sessionRetention"`)
	contains(t, ready("GOOGLE_GENAI_USE_VERTEXAI=true"), `"selectedType": "vertex-ai"`)
	for _, own := range []string{`{"general":{"sessionRetention":{"enabled":true}},"security":{"auth":{"selectedType":"oauth-personal"}},"x":1}`, "// by hand\n{}"} {
		if err := os.WriteFile(path, []byte(own), 0o600); err != nil {
			t.Fatal(err)
		}
		got := ready("GEMINI_API_KEY=k")
		if strings.HasPrefix(own, "//") && got != own {
			t.Errorf("got %s", got)
		} else if !strings.HasPrefix(own, "//") {
			contains(t, got, `"enabled": true`, `"oauth-personal"`, `"x": 1`)
		}
	}
}

func TestGeminiInfo(t *testing.T) {
	a := Gemini(Config{DataDir: t.TempDir(), ServerEnv: []string{"PATH=", "HOME=/h"}})
	info := a.Info(t.Context())
	if info.ID != GeminiID || info.Installed || len(info.Modes) != 4 || len(info.PermissionModes) != 4 || !info.Capabilities.Images || info.Capabilities.Questions {
		t.Errorf("got %+v", info)
	}
	if info.Takes != (adapters.Takes{Model: true, AgentVersion: true, Directory: true, MCP: true}) {
		t.Errorf("takes %+v", info.Takes)
	}
	if _, err := a.Open(t.Context(), adapters.Options{}); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}
