package acp

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// ready puts a private home in place.
func (g *gemini) ready() error {
	dir, private := g.state.Dir(g.env)
	if !private {
		return nil
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	path := filepath.Join(dir, ".gemini", "settings.json")
	content, err := os.ReadFile(path)
	if err != nil {
		content = []byte("{}")
	}
	settings := object{}
	if json.Unmarshal(content, &settings) != nil {
		return nil // somebody has written it by hand, with comments
	}
	if !g.set(settings) {
		return nil
	}
	if content, err = json.MarshalIndent(settings, "", "  "); err != nil {
		return err
	}
	return replace(path, content)
}

// set puts settings where there are none; it reports whether there was anything to do.
//
// A way to log in must be chosen before a session can be taken up again. The program's own way to choose one rewrites its settings
// file in place, which the processes of other sessions may just be reading.
func (g *gemini) set(settings object) (changed bool) {
	general, auth := section(settings, "general"), section(settings, "security", "auth")
	for _, s := range []struct {
		in   object
		name string
	}{
		{general, "enableAutoUpdate"}, // Parley says which version runs
		{general, "enableAutoUpdateNotification"},
		// The program takes a session that was taken up for a broken one, and deletes it with the conversation.
		{section(settings, "general", "sessionRetention"), "enabled"},
		{section(settings, "privacy"), "usageStatisticsEnabled"},
	} {
		if s.in[s.name] == nil {
			s.in[s.name], changed = false, true
		}
	}
	// Who has logged in by a browser has chosen.
	if chosen, method := auth["selectedType"], g.method(); method != "" && chosen != method && chosen != "oauth-personal" {
		auth["selectedType"], changed = method, true
	}
	return changed
}

// section gives a part of the settings, which is made where there is none.
func section(settings object, path ...string) object {
	for _, name := range path {
		within, ok := settings[name].(object)
		if !ok {
			within = object{}
			settings[name] = within
		}
		settings = within
	}
	return settings
}
