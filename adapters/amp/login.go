package amp

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/openapi"
)

// loggedIn says whether the program would find a key. Without one it prints a URL to log in at and waits for ever.
func (a *Adapter) loggedIn() bool { return a.env.Any(keyVariable) || stored(a.env) || a.keyring() }

// keySecret begins the names of the keys that `amp login` stores: the address of the service comes behind it.
const keySecret = "apiKey@"

// stored says whether somebody has logged in by `amp login`, at whichever service.
func stored(env environ.Env) bool {
	data := cmp.Or(env["XDG_DATA_HOME"], env.Home(".local", "share"))
	content, err := os.ReadFile(filepath.Join(data, "amp", "secrets.json"))
	if err != nil {
		return false
	}
	var secrets map[string]json.RawMessage
	if json.Unmarshal(content, &secrets) != nil {
		return false
	}
	for name, value := range secrets {
		if strings.HasPrefix(name, keySecret) && stringOf(value) != "" {
			return true
		}
	}
	return false
}

// keyring says whether the settings let the program keep its key where it cannot be looked for.
func (a *Adapter) keyring() bool {
	settings, err := readSettings(a.settingsPath())
	return err == nil && string(settings["amp.experimental.cli.nativeSecretsStorage.enabled"]) == "true"
}

// wantsLogin says whether a line of output is the program's wish to be logged in.
func wantsLogin(line []byte) bool {
	return bytes.HasPrefix(line, []byte("No API key found")) || bytes.Contains(line, []byte("/auth/cli-login"))
}

// notLoggedIn is the error of a turn that cannot begin.
func notLoggedIn(program string) openapi.Failure {
	return openapi.Failure{Data: openapi.ErrorData{
		Message: "Not logged in to Amp: set " + keyVariable + " in the environment of the server, or run `" + program + " login` as its user",
		Code:    new("not_logged_in"),
	}}
}
