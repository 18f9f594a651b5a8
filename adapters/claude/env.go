package claude

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// HomeVariable chooses the directory in which Claude Code keeps its sessions and settings: "user" is the user's own,
// "private" is one below Parley's data. Not set, the rule is:
//
//   - where CLAUDE_CONFIG_DIR is set, that directory;
//   - where a key or token is in the environment, the private one: the sessions stay with Parley's own data and no
//     personal settings of the user apply;
//   - else the user's own, where the login of `claude` is: without it nothing would work.
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

// foreign are variables that are not handed on: the server's secret, and the marks of a Claude Code session that the
// server itself was started from.
var foreign = []string{
	"PARLEY_TOKEN", "CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_SSE_PORT",
}

// environment is a set of variables.
type environment map[string]string

func newEnvironment(list []string) environment {
	if list == nil {
		list = os.Environ()
	}
	env := environment{}
	for _, entry := range list {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			env[name] = value
		}
	}
	return env
}

// keys are the variables that log Claude Code in.
var keys = []string{
	"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_API_KEY",
	"CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY",
}

func (e environment) hasKey() bool {
	return slices.ContainsFunc(keys, func(name string) bool { return e[name] != "" })
}

// userHome is the directory that Claude Code uses by itself.
func (e environment) userHome() string {
	home := e["HOME"]
	if home == "" {
		home, _ = os.UserHomeDir() // then there is no login to be found
	}
	return filepath.Join(home, ".claude")
}

// home is where the program keeps its sessions; private says that it has to be told.
func (e environment) home(dataDir string) (dir string, private bool) {
	switch own := filepath.Join(dataDir, "claude", "home"); {
	case e[configDirVariable] != "":
		return e[configDirVariable], false
	case e[HomeVariable] == "private", e[HomeVariable] != "user" && e.hasKey():
		return own, true
	}
	return e.userHome(), false
}

// forProgram is the environment that the program gets.
func (e environment) forProgram(dataDir string) []string {
	env := environment{}
	for name, value := range e {
		if !slices.Contains(foreign, name) {
			env[name] = value
		}
	}
	for name, value := range defaults {
		env[name] = cmp.Or(env[name], value)
	}
	if env["CLAUDE_API_KEY"] != "" {
		env["ANTHROPIC_API_KEY"] = cmp.Or(env["ANTHROPIC_API_KEY"], env["CLAUDE_API_KEY"])
	}
	if env[configDirVariable] == "" { // the program would take an empty one for a directory
		delete(env, configDirVariable)
	}
	if dir, private := e.home(dataDir); private {
		env[configDirVariable] = dir
	}
	list := make([]string, 0, len(env))
	for _, name := range sortedKeys(env) {
		list = append(list, name+"="+env[name])
	}
	return list
}

// lookPath finds a program on the environment's PATH.
func (e environment) lookPath(name string) (string, bool) {
	for _, dir := range filepath.SplitList(e["PATH"]) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(path) {
			return path, true
		}
	}
	return "", false
}

// refusesBypass says whether the program would refuse to run without permissions.
func (e environment) refusesBypass(uid int) bool {
	return uid == 0 && e["IS_SANDBOX"] != "1" && e["CLAUDE_CODE_BUBBLEWRAP"] == ""
}
