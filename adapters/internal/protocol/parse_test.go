package protocol_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

// support is the example definition.
func support(t testing.TB) *protocol.Agent {
	t.Helper()
	agent, faults := protocol.Parse(supportFiles(t))
	for _, f := range faults {
		t.Error(f)
	}
	if agent == nil {
		t.FailNow()
	}
	return agent
}

func supportFiles(t testing.TB) protocol.Files {
	t.Helper()
	files, err := protocol.ReadDir(os.DirFS("testdata/support"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestExample(t *testing.T) {
	t.Parallel()
	agent := support(t)
	want := protocol.Settings{
		Slug: "support-desk", Name: "Support desk", Format: "interactive",
		Description: "Answers customers of a shop and hands them over to people",
	}
	if agent.Settings != want {
		t.Errorf("settings %+v", agent.Settings)
	}
	temperature := 0.3
	main := protocol.Thread{
		Model:    protocol.Model{Variable: "MODEL"},
		System:   "system",
		Input:    protocol.Bindings{{"COMPANY_NAME", "COMPANY_NAME"}, {"RULES", "POLICIES"}, {"LIMITS", "LIMITS"}},
		Tools:    []string{"find-order", "note-mood"},
		Agentic:  true,
		MaxSteps: 5, Temperature: &temperature, Thinking: protocol.ThinkingLow,
	}
	if !reflect.DeepEqual(agent.Main, main) {
		t.Errorf("agent %+v", agent.Main)
	}
	if tool := agent.Tools["create-ticket"]; tool.Title != "Ticket" || tool.Display != protocol.DisplayTitle {
		t.Errorf("tool %+v", tool)
	}
	if tool := agent.Tools["note-mood"]; tool.Display != protocol.DisplayHidden || len(tool.Parameters.Fields) != 0 {
		t.Errorf("tool %+v", tool)
	}
	if limits, _ := agent.Resources.Get("LIMITS"); !limits.Readonly || limits.Type != protocol.Unknown {
		t.Errorf("resource %+v", limits)
	}
}

// TestSteps compares the blocks of the example, which come in the order of the file.
func TestSteps(t *testing.T) {
	t.Parallel()
	agent := support(t)
	answer, _ := agent.Types["Answer"].(*protocol.Object)
	said := []protocol.Step{
		{"Add what was said", protocol.DisplayHidden, "", protocol.AddMessage{
			Role: protocol.RoleUser, Prompt: "user-message", Input: bound("USER_MESSAGE"), Thread: protocol.Main, Visible: true, UIContent: "USER_MESSAGE",
		}},
		{"Answer", protocol.DisplayStream, "", protocol.NextMessage{Thread: protocol.Main, Output: "ANSWER", ResponseType: answer}},
	}
	if got := agent.Triggers["user-message"].Steps; !reflect.DeepEqual(got, said) {
		t.Errorf("got  %+v\nwant %+v", got, said)
	}
	asked := []protocol.Step{
		{"Write down the conversation", protocol.DisplayName, "", protocol.SerializeThread{Thread: protocol.Main, Format: protocol.FormatMarkdown, Output: "CONVERSATION"}},
		{"Open a thread", protocol.DisplayHidden, "", protocol.StartThread{Name: "summary", Thread: protocol.Thread{
			Model: protocol.Model{Provider: "openai", ID: "gpt-4o-mini"}, System: "summary/system",
			Input: protocol.Bindings{{"COMPANY", "COMPANY_NAME"}}, MaxSteps: 1,
		}}},
		{"Ask for a summary", protocol.DisplayHidden, "", protocol.AddMessage{
			Role: protocol.RoleUser, Prompt: "summary/request", Input: bound("CONVERSATION"), Thread: "summary", Visible: true,
		}},
		{"Summarize", protocol.DisplayDescription, "Summing up", protocol.NextMessage{Thread: "summary", Independent: true, Output: "SUMMARY_TEXT"}},
		{"Keep the summary", protocol.DisplayName, "", protocol.SetResource{Resource: "SUMMARY", Value: "SUMMARY_TEXT"}},
		{"Open a ticket", protocol.DisplayDescription, "", protocol.ToolCall{Tool: "create-ticket", Output: "TICKET", Input: []protocol.Argument{
			{Name: "summary", Variable: "SUMMARY_TEXT"}, {Name: "priority", Variable: "PRIORITY"},
			{Name: "labels", Value: []any{"handover", "2024"}},
		}}},
		{"Tell what happened", protocol.DisplayHidden, "", protocol.AddMessage{Role: protocol.RoleUser, Prompt: "ticket", Input: bound("TICKET"), Thread: protocol.Main}},
		{"Say goodbye", protocol.DisplayStream, "", protocol.NextMessage{Thread: protocol.Main}},
	}
	if got := agent.Triggers["request-human"].Steps; !reflect.DeepEqual(got, asked) {
		t.Errorf("got  %+v\nwant %+v", got, asked)
	}
	kinds := []string{"serialize-thread", "start-thread", "add-message", "next-message", "set-resource", "tool-call", "add-message", "next-message"}
	for i, step := range asked {
		if got := step.Block.Kind(); got != kinds[i] {
			t.Errorf("%s is a block %s", step.Name, got)
		}
	}
}

func bound(names ...string) (all protocol.Bindings) {
	for _, name := range names {
		all = append(all, protocol.Binding{Name: name, Variable: name})
	}
	return all
}

// TestThreadDefaults starts a thread that says nothing of its model: it has the agent's, and nothing else of it.
func TestThreadDefaults(t *testing.T) {
	t.Parallel()
	agent, faults := protocol.Parse(plain([]byte(`
triggers: { go: }
agent: { model: openai/gpt-4o, system: plain, temperature: 1, thinking: high }
handlers: { go: { Start: { block: start-thread, thread: side } } }
`)))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := protocol.StartThread{Name: "side", Thread: protocol.Thread{
		Model: protocol.Model{Provider: "openai", ID: "gpt-4o"}, Agentic: true, MaxSteps: 10,
	}}
	if got := agent.Triggers["go"].Steps[0].Block; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// TestRoundTrip keeps the texts as they were given.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	if files := support(t).Files; !reflect.DeepEqual(files, supportFiles(t)) {
		t.Error("other files")
	}
	raw, err := os.ReadFile("testdata/support/protocol.yaml")
	if err != nil || !bytes.Equal(raw, support(t).Files.Protocol) {
		t.Error("other text", err)
	}
}

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

// TestWarnings leaves a definition usable.
func TestWarnings(t *testing.T) {
	t.Parallel()
	agent, faults := protocol.Parse(plain([]byte("agent: { model: openai/gpt-4o, system: greet }\n")))
	want := []string{
		"prompts/greet.md:1: warning: agent.system: {{NAME}} is left empty: the input there does not list it",
		"protocol.yaml:1: warning: there are no triggers: nothing invokes the agent",
	}
	if got := told(faults); agent == nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", agent, got)
	}
}

// TestTooBig refuses what grows without end when it is written out, and tells only so many faults.
func TestTooBig(t *testing.T) {
	t.Parallel()
	types := &strings.Builder{}
	for i := range 40 {
		next := strings.Repeat("T", i+2)
		types.WriteString("  " + strings.Repeat("T", i+1) + ": { a: { type: " + next + " }, b: { type: " + next + " } }\n")
	}
	files := plain([]byte("triggers: {}\nagent: { model: openai/gpt-4o, system: plain }\ntypes:\n" + types.String() +
		"  " + strings.Repeat("T", 41) + ": { a: { type: string } }\n"))
	big := strings.Repeat("x", 600<<10)
	files.Prompts["big"] = []byte(big)
	files.Prompts["bigger"] = []byte("{{@big.md}}{{@big.md}}")
	_, faults := protocol.Parse(files)
	want := []string{
		"prompts/bigger.md: error: is longer than 1048576 bytes with what it includes",
	}
	if got := told(faults); !slices.Equal(got[:1], want) || len(got) < 3 || !strings.Contains(got[2], "is too big: written out it has more than 1000 parts") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	_, faults = protocol.Parse(plain([]byte("triggers: {}\nagent: {" + strings.Repeat("x: ,", 2000) + "}")))
	if last := faults[len(faults)-1]; len(faults) != 1001 || last.String() != "protocol.yaml: error: there are more than 1000 faults" {
		t.Errorf("%d faults, the last: %v", len(faults), last)
	}
}

// TestDeep makes the schema of the deepest types that there may be.
func TestDeep(t *testing.T) {
	t.Parallel()
	chain := func(length int) protocol.Files {
		types := &strings.Builder{}
		for i := range length {
			fmt.Fprintf(types, "  T%d: { a: { type: T%d, optional: true } }\n", i, i+1)
		}
		return plain(fmt.Appendf(nil, "triggers: {}\nagent: { model: openai/gpt-4o, system: plain }\ntypes:\n%s  T%d: {}\n", types, length))
	}
	agent, faults := protocol.Parse(chain(999))
	if agent == nil {
		t.Fatal(faults)
	}
	if schema, ok := protocol.StrictSchema(agent.Types["T0"]); !ok || !json.Valid(schema) {
		t.Errorf("%s", schema)
	}
	if agent, _ := protocol.Parse(chain(1000)); agent != nil {
		t.Error("a type that is too big")
	}
	if agent, _ := protocol.Parse(chain(3000)); agent != nil {
		t.Error("a type that is far too big")
	}
}

// TestJSONText reads what JSON has and YAML has not: tabs, escaped characters.
func TestJSONText(t *testing.T) {
	t.Parallel()
	files := supportFiles(t)
	files.Settings = []byte("{\n\t\"slug\": \"a\", \"name\": \"\\ud83d\\ude00 \\/\",\n\t\"format\": \"interactive\"\n}")
	agent, faults := protocol.Parse(files)
	if len(faults) > 0 || agent.Settings.Name != "😀 /" {
		t.Error(faults)
	}
}

// TestDefaults are as encoding/json decodes them.
func TestDefaults(t *testing.T) {
	t.Parallel()
	agent, faults := protocol.Parse(plain([]byte(`
variables:
  A: { type: unknown, default: { b: [1, 2.5, true, null, text, 2024-01-01], c: 9007199254740993, d: 1_000, e: 0x10 } }
triggers: {}
agent: { model: openai/gpt-4o, system: plain }
`)))
	if agent == nil {
		t.Fatal(faults)
	}
	a, _ := agent.Variables.Get("A")
	got, err := json.Marshal(a.Default)
	want := `{"b":[1,2.5,true,null,"text","2024-01-01"],"c":9007199254740993,"d":1000,"e":16}`
	if err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
}
