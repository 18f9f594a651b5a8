package protocol_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

func TestReadDir(t *testing.T) {
	t.Parallel()
	dir := fstest.MapFS{
		"settings.json": {Data: []byte("{}")}, "protocol.yaml": {Data: []byte{}}, "README.md": {},
		"prompts/a.md": {Data: []byte("A")}, "prompts/b/c.md": {Data: []byte("C")}, "prompts/notes.txt": {},
	}
	files, err := protocol.ReadDir(dir)
	want := protocol.Files{
		Settings: []byte("{}"), Protocol: []byte{}, Prompts: map[string][]byte{"a": []byte("A"), "b/c": []byte("C")},
	}
	if err != nil || !reflect.DeepEqual(files, want) {
		t.Errorf("%+v %v", files, err)
	}
	files, err = protocol.ReadDir(fstest.MapFS{})
	if err != nil || files.Settings != nil || files.Protocol != nil || len(files.Prompts) != 0 {
		t.Errorf("empty folder: %+v %v", files, err)
	}
	if _, err := protocol.ReadDir(fstest.MapFS{"settings.json/x": {}}); err == nil {
		t.Error("a folder for a file")
	}
}

// TestOtherFiles tells faults outside of the sections: files that are missing or no YAML or JSON, settings and prompts.
func TestOtherFiles(t *testing.T) {
	t.Parallel()
	const minimal = "triggers: {}\nagent: { model: openai/gpt-4o, system: system }"
	settings := plain(nil).Settings
	for name, c := range map[string]struct {
		files protocol.Files
		want  []string
	}{
		"nothing": {protocol.Files{}, []string{"protocol.yaml: error: is missing", "settings.json: error: is missing"}},
		"empty": {protocol.Files{Settings: []byte{}, Protocol: []byte("# nothing\n")}, []string{
			"protocol.yaml: error: is empty", "settings.json:1: error: is not JSON: unexpected end of JSON input",
		}},
		"not JSON": {protocol.Files{Settings: []byte("{\n\t\"slug\": \"a\",\n\t\"name\": x\n}"), Protocol: []byte("a: [\n")}, []string{
			"protocol.yaml:1: error: is not YAML: did not find expected node content",
			"settings.json:3: error: is not JSON: invalid character 'x' looking for beginning of value",
		}},
		"not YAML": {protocol.Files{Settings: settings, Protocol: []byte("agent:\n  model: a: b\n")}, []string{
			"protocol.yaml:2: error: is not YAML: mapping values are not allowed in this context",
		}},
		"bytes": {protocol.Files{Settings: settings, Protocol: []byte("a: \xff")}, []string{
			"protocol.yaml:1: error: is not YAML: invalid leading UTF-8 octet",
		}},
		"two documents": {protocol.Files{Settings: settings, Protocol: []byte("a: 1\n---\nb: 2\n")}, []string{
			"protocol.yaml:2: error: must be one YAML document, but another one begins here",
		}},
		"no mapping": {protocol.Files{Settings: []byte("[1]"), Protocol: []byte("- a\n")}, []string{
			"protocol.yaml:1: error: must be a mapping, not a list",
			"protocol.yaml:1: warning: there are no triggers: nothing invokes the agent",
			"settings.json:1: error: must be a mapping, not a list",
		}},
		"settings": {protocol.Files{
			Settings: []byte("{\"slug\": \"My Agent\",\n \"name\": 5,\n \"format\": \"worker\",\n \"nam\": [],\n \"slug\": \"b\"}"),
			Protocol: []byte(minimal), Prompts: map[string][]byte{"system": nil},
		}, []string{
			"protocol.yaml:1: warning: there are no triggers: nothing invokes the agent",
			"settings.json:1: error: slug: the name of a slug is written in kebab-case: My Agent",
			"settings.json:2: error: name: must be text, not a number: write it in quotes",
			"settings.json:3: error: format: workers are not supported: the format must be interactive",
			"settings.json:4: error: nam: unknown key: nam; did you mean name?",
			"settings.json:5: error: slug: duplicate key: slug",
		}},
		"no settings": {protocol.Files{Settings: []byte(`{"format": "chat", "description": null}`), Protocol: []byte(minimal)}, []string{
			"protocol.yaml:1: warning: there are no triggers: nothing invokes the agent",
			"protocol.yaml:2: error: agent.system: unknown prompt: system; there are none",
			"settings.json:1: error: slug is missing",
			"settings.json:1: error: name is missing",
			"settings.json:1: error: format: unknown format: chat; known are interactive",
		}},
		"prompts": {protocol.Files{
			Settings: settings,
			Protocol: []byte("triggers: {}\ninput: { NAME: { type: string } }\nagent: { model: openai/gpt-4o, system: system, input: [NAME] }"),
			Prompts: map[string][]byte{
				"system":     []byte("{{NAME}}\n{{#if NAME}}x{{else}}y{{/if}}\n{{NAME.first}} {{ NAME }} {{name}}\n{{OTHER}} {{@a/loop.md}}"),
				"a/loop":     []byte("{{OTHER}}\n{{@b-loop.md}}"),
				"b-loop":     []byte("\n{{@a/loop.md}} {{@gone.md}} {{@b-loop}}"),
				"User Text":  []byte("\xff"),
				"../outside": nil,
			},
		}, []string{
			"prompts/../outside.md: error: the name of a prompt is written in kebab-case, with folders before it: ../outside",
			"prompts/User Text.md: error: the name of a prompt is written in kebab-case, with folders before it: User Text",
			"prompts/User Text.md: error: is not UTF-8",
			"prompts/a/loop.md:1: warning: agent.system: {{OTHER}} is left empty: the input there does not list it",
			"prompts/b-loop.md:2: error: a/loop.md includes itself",
			"prompts/b-loop.md:2: error: unknown prompt: gone.md; known are ../outside.md, User Text.md, a/loop.md, b-loop.md, system.md",
			"prompts/b-loop.md:2: error: unknown prompt: b-loop; known are ../outside.md, User Text.md, a/loop.md, b-loop.md, system.md",
			"prompts/system.md:2: error: {{#if NAME}}: conditions are not supported",
			"prompts/system.md:3: warning: {{NAME.first}} is left as it is: a variable is written {{NAME}}, without spaces, dots and brackets",
			"prompts/system.md:3: warning: {{ NAME }} is left as it is: a variable is written {{NAME}}, without spaces, dots and brackets",
			"prompts/system.md:4: warning: agent.system: {{OTHER}} is left empty: the input there does not list it",
			"protocol.yaml:1: warning: there are no triggers: nothing invokes the agent",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agent, faults := protocol.Parse(c.files)
			if agent != nil {
				t.Error("an agent with faults")
			}
			if got := told(faults); !slices.Equal(got, c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
