package codex

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/environ"
)

// HomeVariable chooses the directory in which Codex keeps its sessions and settings: "private" is one below Parley's data,
// "user" the user's own. Not set, environ.State has the rule.
const HomeVariable = "PARLEY_CODEX_HOME"

const homeDirVariable = "CODEX_HOME"

// keys are the variables that log Codex in, the one that wins first. The app server itself reads none of them.
var keys = []string{"CODEX_API_KEY", "OPENAI_API_KEY"}

// defaults are set for the program unless the server's environment has them.
var defaults = map[string]string{"NO_COLOR": "1"} // its stderr is shown to people

// foreign are the marks of a Codex session that the server itself was started from, and of the script that started that.
var foreign = []string{
	"CODEX_THREAD_ID", "CODEX_SESSION_ID", "CODEX_TOOL_CALL_ID", "CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED",
	"CODEX_INTERNAL_ORIGINATOR_OVERRIDE",
	"CODEX_MANAGED_BY_NPM", "CODEX_MANAGED_BY_BUN", "CODEX_MANAGED_BY_PNPM", "CODEX_MANAGED_BY_VITE_PLUS",
}

// state is where Codex keeps its sessions and its login.
func state(env environ.Env, dataDir string) environ.State {
	return environ.State{
		Variable: homeDirVariable, Choice: HomeVariable, Keys: keys,
		Private: filepath.Join(dataDir, "codex", "home"), User: env.Home(".codex"),
		LoggedIn: func(dir string) bool {
			return environ.HasField(filepath.Join(dir, "auth.json"), "tokens", "OPENAI_API_KEY")
		},
	}
}

// key is the key that a session logs in with: none where there is a login.
func (a *Adapter) key() string {
	if dir, _ := a.state.Dir(a.env); a.state.LoggedIn(dir) {
		return ""
	}
	return cmp.Or(a.env[keys[0]], a.env[keys[1]])
}

// forProgram is the environment that the program gets.
func (a *Adapter) forProgram() []string {
	env := a.env.For(defaults, foreign...)
	if env[homeDirVariable] == "" { // the program would take an empty one for a directory
		delete(env, homeDirVariable)
	}
	dir, private := a.state.Dir(a.env)
	if private {
		env[homeDirVariable] = dir
	}
	if temporary := cmp.Or(env["TMPDIR"], os.TempDir()); below(dir, temporary) {
		env["TMPDIR"] = ownTemporary(dir)
	}
	return env.List()
}

// ownTemporary is the directory for temporary files where Codex's own directory is itself below that of the system: Codex
// makes no helper programs there, which its tool for patches needs. It must not be the folder tmp, which has them.
func ownTemporary(dir string) string { return filepath.Join(dir, "temporary") }

func below(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// directories makes the directories that the program expects to be there.
func (a *Adapter) directories() error {
	dir, _ := a.state.Dir(a.env)
	if below(dir, cmp.Or(a.env["TMPDIR"], os.TempDir())) {
		dir = ownTemporary(dir)
	}
	return os.MkdirAll(dir, 0o700)
}
