package opencode

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// shell stands between the program and the user's shell, which runs the agent's commands. What the program was told in its
// environment is not for them: with its password a command could grant itself permissions, and with its directories
// the user's own tools would not find their settings.
type shell struct {
	path string // of the script; its name is the shell's, by which the program knows how to call it
	text string
}

// callable are the shells that the program calls by their names.
var callable = map[string]bool{"bash": true, "dash": true, "ksh": true, "sh": true, "zsh": true}

// realShell is the shell that the program would take by itself.
func (a *Adapter) realShell() string {
	own := a.env["SHELL"]
	if info, err := os.Stat(own); err == nil && info.Mode().IsRegular() && filepath.IsAbs(own) && callable[filepath.Base(own)] {
		return own
	}
	if bash, ok := a.env.LookPath("bash"); ok {
		return bash
	}
	return "/bin/sh"
}

// shell is the script for the environment that the server has. Windows has none.
func (a *Adapter) shell() shell {
	if runtime.GOOS == "windows" {
		return shell{}
	}
	real := a.realShell()
	var text strings.Builder
	text.WriteString("#!/bin/sh\n")
	given := a.forProgram()
	for _, name := range slices.Sorted(maps.Keys(homeVariables)) {
		if given[name] != a.env[name] {
			text.WriteString(restore(name, a.env[name]))
		}
	}
	for _, name := range []string{contentVariable, passwordVariable, userVariable} {
		text.WriteString(restore(name, ""))
	}
	text.WriteString(restore("SHELL", real))
	fmt.Fprintf(&text, "exec %s \"$@\"\n", quote(real))
	return shell{path: filepath.Join(a.home(), "shell", filepath.Base(real)), text: text.String()}
}

// restore gives a variable the value that it had.
func restore(name, value string) string {
	if value == "" {
		return "unset " + name + "\n"
	}
	return "export " + name + "=" + quote(value) + "\n"
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// write puts the script in its place, at once: commands may be about to be run.
func (s shell) write() error {
	if s.path == "" {
		return nil
	}
	if there, err := os.ReadFile(s.path); err == nil && bytes.Equal(there, []byte(s.text)) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(s.path), "next-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(next.Name()) }() // gone after the rename
	_, err = next.WriteString(s.text)
	if closed := next.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(next.Name(), 0o700)
	}
	if err == nil {
		err = os.Rename(next.Name(), s.path)
	}
	return err
}
