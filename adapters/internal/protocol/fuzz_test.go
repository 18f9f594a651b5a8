package protocol_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

// FuzzParse feeds texts to Parse: it never panics, says the same of the same files, tells places that there are, and what it
// calls usable can be used.
func FuzzParse(f *testing.F) {
	example := supportFiles(f)
	f.Add(example.Settings, example.Protocol, example.Prompts["system"])
	paths, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain(nil).Settings, content, []byte("{{A}} {{@plain.md}} {{@system.md}} {{#if A}} {{A.b}}"))
	}
	f.Add([]byte("{"), []byte("agent: &a [*a]"), []byte("\xff"))
	f.Fuzz(func(t *testing.T, settings, text, prompt []byte) {
		files := plain(text)
		files.Settings = settings
		files.Prompts["system"] = prompt
		agent, faults := protocol.Parse(files)
		again, same := protocol.Parse(files)
		if !slices.Equal(faults, same) || !reflect.DeepEqual(agent, again) {
			t.Fatal("not the same twice")
		}
		failed := slices.ContainsFunc(faults, func(f protocol.Fault) bool { return f.Severity == protocol.Error })
		if failed != (agent == nil) {
			t.Fatalf("agent %v, faults %v", agent, faults)
		}
		checkPlaces(t, files, faults)
		if agent != nil {
			use(t, agent)
		}
	})
}

func checkPlaces(t *testing.T, files protocol.Files, faults []protocol.Fault) {
	t.Helper()
	for _, f := range faults {
		text := map[string][]byte{"settings.json": files.Settings, "protocol.yaml": files.Protocol}[f.File]
		if name, ok := strings.CutPrefix(f.File, "prompts/"); ok {
			text = files.Prompts[strings.TrimSuffix(name, ".md")]
		}
		// YAML ends lines in more ways than one.
		lines := strings.Count(strings.NewReplacer("\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(string(text)), "\n") + 1
		if f.Line < 0 || f.Line > lines || f.Message == "" {
			t.Fatalf("a fault without a place: %+v of %d lines", f, lines)
		}
	}
}

// use does with a definition what a session does.
func use(t *testing.T, agent *protocol.Agent) {
	t.Helper()
	values, _ := agent.Input.Fill(nil)
	lookup := func(name string) (any, bool) { v, ok := values[name]; return v, ok }
	protocol.Render(agent.Prompt(agent.Main.System), agent.Main.Input.Lookup(lookup))
	for name, tool := range agent.Tools {
		if !json.Valid(protocol.Schema(tool.Parameters)) {
			t.Fatal(name)
		}
	}
	for name, of := range agent.Types {
		if schema, _ := protocol.StrictSchema(of); !json.Valid(schema) {
			t.Fatal(name)
		}
		_ = protocol.Check(map[string]any{"a": nil}, of)
	}
	for _, field := range slices.Concat(agent.Input, agent.Resources, agent.Variables) {
		if field.Default != nil && field.Default != protocol.NotGiven {
			if err := protocol.Check(field.Default, field.Type); err != nil {
				t.Fatal(field, err)
			}
		}
	}
	for _, trigger := range agent.Triggers {
		for _, step := range trigger.Steps {
			if call, ok := step.Block.(protocol.ToolCall); ok {
				call.Arguments(lookup)
			}
		}
	}
}
