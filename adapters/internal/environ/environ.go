// Package environ is the environment of an agent's program: what of the server's own reaches it, and where the program keeps
// its state.
//
// It imports the standard library only; the adapters that start programs call it.
package environ

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Env is a set of variables.
type Env map[string]string

// New reads a list of KEY=VALUE; nil is the server's own environment. The last of a key wins.
func New(list []string) Env {
	if list == nil {
		list = os.Environ()
	}
	env := Env{}
	for _, entry := range list {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			env[name] = value
		}
	}
	return env
}

// Secrets are variables of the server that no agent gets.
var secrets = []string{"PARLEY_TOKEN"}

// For is a copy for a program: everything but the server's secrets and what is foreign, with the defaults where the
// environment has nothing or an empty value.
func (e Env) For(defaults map[string]string, foreign ...string) Env {
	env := maps.Clone(e)
	for _, name := range slices.Concat(secrets, foreign) {
		delete(env, name)
	}
	for name, value := range defaults {
		if env[name] == "" {
			env[name] = value
		}
	}
	return env
}

// List is the environment as programs are started with it, sorted.
func (e Env) List() []string {
	list := make([]string, 0, len(e))
	for _, name := range slices.Sorted(maps.Keys(e)) {
		list = append(list, name+"="+e[name])
	}
	return list
}

// Any says whether one of the variables has a value.
func (e Env) Any(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return e[name] != "" })
}

// Home is a path below the user's home directory.
func (e Env) Home(elements ...string) string {
	home := e["HOME"]
	if home == "" {
		home, _ = os.UserHomeDir() // then there is nothing to be found there
	}
	return filepath.Join(append([]string{home}, elements...)...)
}

// LookPath finds a program on the environment's PATH.
func (e Env) LookPath(name string) (string, bool) {
	for _, dir := range filepath.SplitList(e["PATH"]) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(path) {
			return path, true
		}
	}
	return "", false
}
