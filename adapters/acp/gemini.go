package acp

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// GeminiID is the name of Gemini CLI in requests.
const GeminiID = "gemini"

// GeminiVersion is the version of Gemini CLI that the adapter was built for, and which Install installs.
const GeminiVersion = "0.61.0"

// GeminiHomeVariable chooses the directory in which Gemini CLI keeps its sessions and settings: "private" is one below
// Parley's data, "user" the user's own. Not set, environ.State has the rule.
const GeminiHomeVariable = "PARLEY_GEMINI_HOME"

// GeminiCLI makes agents of Gemini CLI.
type GeminiCLI struct {
	*Adapter
	programs *program.Finder
}

// Gemini makes an adapter for Gemini CLI. It starts nothing.
func Gemini(config Config) *GeminiCLI {
	config.ID, config.Name = GeminiID, cmp.Or(config.Name, "Gemini CLI")
	config = config.withDefaults()
	a := newAdapter(config)
	g := &gemini{env: a.env, state: geminiState(a.env, config.DataDir)}
	programs := program.New(program.Spec{
		Name: "Gemini CLI", Command: GeminiID, Package: "@google/gemini-cli", Version: GeminiVersion,
		Binaries: []string{"node_modules/.bin/gemini"},
		DataDir:  config.DataDir, Fixed: config.Command, Env: a.env, VersionEnv: func() []string { return g.environ().List() },
	})
	a.kind = kind{
		find: programs.Find, version: programs.Version, provide: programs.Provide,
		args: []string{"--acp"}, environ: g.environ, ready: g.ready, method: g.method,
		loggedIn: func() bool { return g.state.Credentials(a.env) },
		uri:      func(path string) string { return "file://" + path }, // it does not decode what a URI encodes
		takes:    adapters.Takes{Model: true, AgentVersion: true, Directory: true, MCP: true},
		blind:    true,
		before:   geminiFacts(),
	}
	return &GeminiCLI{a, programs}
}

// Install implements adapters.Installer. A version is exact, or one of npm's tags such as "latest".
func (g *GeminiCLI) Install(ctx context.Context, r adapters.InstallRequest) (openapi.AgentInfo, error) {
	p, err := g.programs.Install(ctx, r)
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	info := g.Info(ctx).AgentInfo
	if g.config.Command == "" {
		info.Installed, info.Path, info.Version = true, p.Path, p.Version
	}
	return info, nil
}

// geminiFacts are the modes of the version that the adapter was built for.
func geminiFacts() facts {
	var f facts
	const told = `{"about":{"agentCapabilities":{"loadSession":true,"promptCapabilities":{"image":true},` +
		`"mcpCapabilities":{"http":true,"sse":true}}},"session":{"modes":{"currentModeId":"default","availableModes":[` +
		`{"id":"default","name":"Default"},{"id":"autoEdit","name":"Auto Edit"},{"id":"yolo","name":"YOLO"},{"id":"plan","name":"Plan"}]}}}`
	_ = json.Unmarshal([]byte(told), &f) // a constant
	return f
}

// gemini is Gemini CLI's environment.
type gemini struct {
	env   environ.Env
	state environ.State

	writing sync.Mutex // of the settings
}

// geminiHome is the variable that Gemini CLI is told by where to keep things: it makes the folder .gemini there.
const geminiHome = "GEMINI_CLI_HOME"

// geminiDefaultEnv is set for the program unless the server's environment has it.
var geminiDefaultEnv = map[string]string{
	"GEMINI_CLI_TRUST_WORKSPACE": "true", // else nothing is allowed in a directory that was never trusted
	"GEMINI_CLI_NO_RELAUNCH":     "true", // it would start itself a second time, to have more memory
}

func geminiState(env environ.Env, dataDir string) environ.State {
	user := env.Home()
	return environ.State{
		Variable: geminiHome, Choice: GeminiHomeVariable,
		Keys:    []string{"GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"},
		Private: filepath.Join(dataDir, "gemini", "home"), User: user,
		LoggedIn: func(dir string) bool {
			folder := filepath.Join(dir, ".gemini")
			return environ.HasField(filepath.Join(folder, "oauth_creds.json"), "refresh_token", "access_token") ||
				dir == user && chosenMethod(folder) != "" || // keys may be in the system's keychain
				holdsKey(filepath.Join(folder, ".env"))
		},
	}
}

// chosenMethod is the way to log in that was chosen in a settings file.
func chosenMethod(folder string) string {
	var settings struct {
		Security struct {
			Auth struct {
				Selected string `json:"selectedType"`
			} `json:"auth"`
		} `json:"security"`
	}
	content, _ := os.ReadFile(filepath.Join(folder, "settings.json")) // none chooses nothing
	_ = json.Unmarshal(content, &settings)
	return settings.Security.Auth.Selected
}

// holdsKey says whether a file of variables has a key.
func holdsKey(path string) bool {
	content, _ := os.ReadFile(path) // none has no key
	return strings.Contains(string(content), "_API_KEY=")
}

// environ is the environment that the program gets.
func (g *gemini) environ() environ.Env {
	env := g.env.For(geminiDefaultEnv)
	if dir, private := g.state.Dir(g.env); private {
		env[geminiHome] = dir
	}
	return env
}

// method is the way to log in that the environment has the means for.
func (g *gemini) method() string {
	switch {
	case g.env["GOOGLE_GENAI_USE_VERTEXAI"] == "true":
		return "vertex-ai"
	case g.env.Any("GEMINI_API_KEY"):
		return "gemini-api-key"
	case g.env.Any("GOOGLE_API_KEY"):
		return "vertex-ai"
	}
	return "" // a login by Google needs a browser
}
