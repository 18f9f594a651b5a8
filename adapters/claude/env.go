package claude

import (
	"cmp"
	"path/filepath"

	"github.com/parleyhq/parley/adapters/internal/environ"
)

// HomeVariable chooses the directory in which Claude Code keeps its sessions and settings: "private" is one below Parley's
// data, "user" the user's own. Not set, environ.State has the rule.
const HomeVariable = "PARLEY_CLAUDE_HOME"

const configDirVariable = "CLAUDE_CONFIG_DIR"

// maxRetries bounds how often a refused model request is repeated. The program's own default is 10, which takes three
// minutes even for a key that is wrong; 5 take about 15 s.
const maxRetries = "5"

// defaults are set for the program unless the server's environment has them.
var defaults = map[string]string{
	"DISABLE_AUTOUPDATER":                      "1", // Parley says which version runs
	"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
	"CLAUDE_CODE_MAX_RETRIES":                  maxRetries,
	// Tasks in the background, and wake-ups, make the program begin turns by itself, which no message asked for.
	"CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
	"CLAUDE_CODE_DISABLE_CRON":             "1",
}

// foreign are the marks of a Claude Code session that the server itself was started from.
var foreign = []string{
	"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_SSE_PORT",
}

// keys are the variables that log Claude Code in.
var keys = []string{
	"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_API_KEY",
	"CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY",
}

// state is where Claude Code keeps its sessions and its login.
func state(env environ.Env, dataDir string) environ.State {
	user := env.Home(".claude")
	return environ.State{
		Variable: configDirVariable, Choice: HomeVariable, Keys: keys,
		Private: filepath.Join(dataDir, "claude", "home"), User: user,
		LoggedIn: func(dir string) bool {
			account := filepath.Join(dir, ".claude.json")
			if dir == user && env[configDirVariable] == "" {
				account = dir + ".json" // beside the directory, not in it
			}
			return environ.HasField(filepath.Join(dir, ".credentials.json"), "claudeAiOauth") ||
				environ.HasField(account, "oauthAccount", "primaryApiKey") || // the token itself may be in the system's keychain
				environ.HasField(filepath.Join(dir, "settings.json"), "apiKeyHelper")
		},
	}
}

// forProgram is the environment that the program gets.
func (a *Adapter) forProgram() []string {
	env := a.env.For(defaults, foreign...)
	if env["CLAUDE_API_KEY"] != "" {
		env["ANTHROPIC_API_KEY"] = cmp.Or(env["ANTHROPIC_API_KEY"], env["CLAUDE_API_KEY"])
	}
	if env[configDirVariable] == "" { // the program would take an empty one for a directory
		delete(env, configDirVariable)
	}
	if dir, private := a.state.Dir(a.env); private {
		env[configDirVariable] = dir
	}
	return env.List()
}

// refusesBypass says whether the program would refuse to run without permissions.
func refusesBypass(env environ.Env, uid int) bool {
	return uid == 0 && env["IS_SANDBOX"] != "1" && env["CLAUDE_CODE_BUBBLEWRAP"] == ""
}
