package claude

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// loggedIn says whether a key, a token or a login was found. None is shown to anyone.
func (e environment) loggedIn(dataDir string) bool {
	if e.hasKey() {
		return true
	}
	dir, _ := e.home(dataDir)
	account := filepath.Join(dir, ".claude.json")
	if dir == e.userHome() && e[configDirVariable] == "" {
		account = dir + ".json" // beside the directory, not in it
	}
	return hasField(filepath.Join(dir, ".credentials.json"), "claudeAiOauth") ||
		hasField(account, "oauthAccount", "primaryApiKey") || // the token itself may be in the system's keychain
		hasField(filepath.Join(dir, "settings.json"), "apiKeyHelper")
}

// hasField says whether a file is a JSON object in which one of the fields is set.
func hasField(path string, names ...string) bool {
	content, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(content, &fields) != nil {
		return false
	}
	for _, name := range names {
		if value := string(fields[name]); value != "" && value != "null" && value != `""` {
			return true
		}
	}
	return false
}
