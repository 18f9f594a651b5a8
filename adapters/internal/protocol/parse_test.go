package protocol_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"

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
