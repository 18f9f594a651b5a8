package opencode

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/parleyhq/parley/adapters/internal/environ"
)

// HomeVariable chooses where OpenCode keeps its sessions, login and settings: "private" is a directory below Parley's data,
// "user" the user's own. Not set, environ.State has the rule.
const HomeVariable = "PARLEY_OPENCODE_HOME"

// The variables by which the program finds its directories. It has none of its own that moves all of them.
const (
	dataVariable   = "XDG_DATA_HOME" // sessions and login
	configVariable = "XDG_CONFIG_HOME"
	stateVariable  = "XDG_STATE_HOME"
	cacheVariable  = "XDG_CACHE_HOME"
)

// homeVariables are these, each with its folder below a private home, and its default below the user's home directory.
var homeVariables = map[string]struct{ folder, standard string }{
	dataVariable:   {"data", ".local/share"},
	configVariable: {"config", ".config"},
	stateVariable:  {"state", ".local/state"},
	cacheVariable:  {"cache", ".cache"},
}

const (
	passwordVariable = "OPENCODE_SERVER_PASSWORD"
	userVariable     = "OPENCODE_SERVER_USERNAME"
	contentVariable  = "OPENCODE_CONFIG_CONTENT"
)

// defaults are set for the program unless the server's environment has them.
var defaults = map[string]string{
	"OPENCODE_DISABLE_AUTOUPDATE": "1", // Parley says which version runs
	// A version knows the models of its time. "0" lets it ask the network for those that have come since.
	"OPENCODE_DISABLE_MODELS_FETCH": "1",
}

// foreign are the marks of an OpenCode that the server itself was started from.
var foreign = []string{"OPENCODE", "OPENCODE_PID", "OPENCODE_CLIENT", "OPENCODE_WORKSPACE_ID", userVariable, passwordVariable}

// keys are the variables that log OpenCode in with the providers that people use most.
var keys = []string{
	"ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY",
	"OPENCODE_API_KEY", "OPENCODE_AUTH_CONTENT", "XAI_API_KEY", "GROQ_API_KEY", "MISTRAL_API_KEY", "DEEPSEEK_API_KEY", "AZURE_API_KEY",
	"AWS_BEARER_TOKEN_BEDROCK",
}

// state is where OpenCode keeps its sessions and its login.
func state(env environ.Env, dataDir string) environ.State {
	user := env.Home(homeVariables[dataVariable].standard)
	if dir := env[dataVariable]; dir != "" {
		user = dir
	}
	private := filepath.Join(dataDir, "opencode", "home")
	return environ.State{
		Choice: HomeVariable, Keys: keys, Private: private, User: filepath.Join(user, "opencode"),
		LoggedIn: func(dir string) bool {
			if dir == private {
				dir = filepath.Join(dir, homeVariables[dataVariable].folder, "opencode")
			}
			return hasLogin(filepath.Join(dir, "auth.json"))
		},
	}
}

// hasLogin says whether a file is a JSON object with anything in it: it has an entry for each provider.
func hasLogin(path string) bool {
	content, err := os.ReadFile(path)
	var entries map[string]json.RawMessage
	return err == nil && json.Unmarshal(content, &entries) == nil && len(entries) > 0
}

// forProgram is the environment that the program gets.
func (a *Adapter) forProgram() environ.Env {
	env := a.env.For(defaults, foreign...)
	if dir, private := a.state.Dir(a.env); private {
		for name, v := range homeVariables {
			env[name] = filepath.Join(dir, v.folder)
		}
	}
	return env
}

// forServer is the environment of a server.
func (a *Adapter) forServer(l launch, password string) []string {
	env := a.forProgram()
	env[userVariable], env[passwordVariable], env[contentVariable] = user, password, l.content
	if s := a.shell(); s.path != "" {
		env["SHELL"] = s.path
	}
	return env.List()
}

// home is a directory that the program can be started in; it is none of its own.
func (a *Adapter) home() string { return filepath.Join(a.config.DataDir, "opencode") }

// prepareHome makes the directories that the program is told to use.
func (a *Adapter) prepareHome() error {
	if err := os.MkdirAll(a.home(), 0o700); err != nil {
		return err
	}
	if dir, private := a.state.Dir(a.env); private {
		if err := seedConfig(filepath.Join(dir, homeVariables[configVariable].folder, "opencode")); err != nil {
			return err
		}
	}
	return a.shell().write()
}

// seedConfig makes a private configuration directory look as if the package for writing plugins was installed in it:
// the program would install it, 95 MB, for plugins that are not there. People may add their own configuration.
func seedConfig(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "node_modules"), 0o700); err != nil {
		return err
	}
	lock := filepath.Join(dir, "package-lock.json")
	if _, err := os.Stat(lock); err == nil {
		return nil
	}
	return os.WriteFile(lock, []byte(`{"packages":{"":{"dependencies":{"@opencode-ai/plugin":"*"}}}}`), 0o600)
}

// restored are the directories that the user's own tools look in, for processes that the program starts for the session.
func (a *Adapter) restored() map[string]string {
	restored := map[string]string{passwordVariable: ""}
	given := a.forProgram()
	for name, v := range homeVariables {
		switch {
		case given[name] == a.env[name]:
		case a.env[name] != "":
			restored[name] = a.env[name]
		default:
			restored[name] = a.env.Home(v.standard)
		}
	}
	return restored
}
