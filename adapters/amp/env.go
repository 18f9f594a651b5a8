package amp

import (
	"cmp"
	"path/filepath"

	"github.com/parleyhq/parley/adapters/internal/environ"
)

// HomeVariable chooses whose settings Amp works with: "private" is those below Parley's data, "user" the user's own. Not set,
// environ.State has the rule. A stored login is the user's own in both cases: the directory in which the program keeps it is
// one that it shares with the commands that it runs.
const HomeVariable = "PARLEY_AMP_HOME"

const (
	keyVariable      = "AMP_API_KEY"
	settingsVariable = "AMP_SETTINGS_FILE"
)

// defaults are set for the program unless the server's environment has them.
var defaults = map[string]string{"AMP_SKIP_UPDATE_CHECK": "1"} // Parley says which version runs

// foreign are the marks of an Amp that the server itself was started from: its thread would become the parent of new ones.
var foreign = []string{"AMP_THREAD_ID"}

// state is where Amp keeps its settings and its log.
func state(env environ.Env, dataDir string) environ.State {
	user := configDir(env)
	return environ.State{
		Choice: HomeVariable, Keys: []string{keyVariable}, Private: filepath.Join(dataDir, ID, "home"), User: user,
		LoggedIn: func(dir string) bool { return dir == user && stored(env) },
	}
}

func configDir(env environ.Env) string {
	return filepath.Join(cmp.Or(env["XDG_CONFIG_HOME"], env.Home(".config")), "amp")
}

// forProgram is the environment that the program gets.
func (a *Adapter) forProgram() []string { return a.env.For(defaults, foreign...).List() }
