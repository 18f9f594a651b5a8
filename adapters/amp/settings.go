package amp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// settings are Amp's settings by their names.
type settings map[string]json.RawMessage

// The settings that are the session's to make.
const (
	settingAllowAll = "amp.dangerouslyAllowAll"
	settingSkills   = "amp.skills.path" // several are separated as in PATH
)

// settingsPath is the file of the settings in force: the one that the environment names, Parley's own or the user's.
func (a *Adapter) settingsPath() string {
	if path := a.env[settingsVariable]; path != "" {
		return path
	}
	dir, _ := a.state.Dir(a.env)
	return filepath.Join(dir, "settings.json")
}

// readSettings reads a file of settings; one that is not there has none.
func readSettings(path string) (settings, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return settings{}, nil
	}
	s := settings{}
	if err == nil {
		err = json.Unmarshal(plainJSON(content), &s)
	}
	if err != nil {
		return nil, fmt.Errorf("settings of Amp in %s: %w", path, err)
	}
	return s, nil
}

// with are the settings with a session's own: permissions that are bypassed, and a directory of skills.
func (s settings) with(bypass bool, skills string) settings {
	s = maps.Clone(s)
	if bypass {
		s[settingAllowAll] = json.RawMessage("true")
	}
	if skills != "" {
		if before := stringOf(s[settingSkills]); before != "" {
			skills = before + string(filepath.ListSeparator) + skills
		}
		s[settingSkills], _ = json.Marshal(skills) // a string: cannot fail
	}
	return s
}

// plainJSON takes out what Amp allows in its settings and JSON does not: comments, and commas behind the last one of a list.
func plainJSON(text []byte) []byte {
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		n := 1
		switch rest := text[i:]; {
		case rest[0] == '"':
			n = stringLength(rest)
			plain = append(plain, rest[:n]...)
		case bytes.HasPrefix(rest, []byte("//")):
			n = lengthTo(rest, "\n")
		case bytes.HasPrefix(rest, []byte("/*")):
			n = lengthTo(rest, "*/")
		case rest[0] == '}' || rest[0] == ']':
			plain = append(bytes.TrimSuffix(bytes.TrimRight(plain, " \t\r\n"), []byte(",")), rest[0])
		default:
			plain = append(plain, rest[0])
		}
		i += n
	}
	return plain
}

// stringLength is the length of the string that a text begins with.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// lengthTo is how far it is behind the first end in a text.
func lengthTo(text []byte, end string) int {
	if before, _, found := bytes.Cut(text[2:], []byte(end)); found {
		return 2 + len(before) + len(end)
	}
	return len(text)
}
