package protocol_test

import (
	"encoding/json"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

func TestRender(t *testing.T) {
	t.Parallel()
	values := map[string]any{
		"TEXT": "<b> {{OTHER}}", "OTHER": "other", "NULL": nil, "YES": true, "N1": 1.0, "EXACT": json.Number("9007199254740993"),
		"LIST": []any{"a&b", 1.5}, "EMPTY": map[string]any{}, "OBJECT": map[string]any{"b": []any{}, "a": "x"},
		"WRONG": func() {},
	}
	lookup := func(name string) (any, bool) { v, ok := values[name]; return v, ok }
	for prompt, want := range map[string]string{
		"":                         "",
		"a {{TEXT}} z":             "a <b> {{OTHER}} z",
		"{{OTHER}}{{OTHER}}":       "otherother",
		"[{{NULL}}][{{NOWHERE}}]":  "[][]",
		"{{YES}} {{N1}} {{EXACT}}": "true 1 9007199254740993",
		"{{LIST}}":                 "[\n  \"a&b\",\n  1.5\n]",
		"{{EMPTY}}":                "{}",
		"{{OBJECT}}":               "{\n  \"a\": \"x\",\n  \"b\": []\n}",
		"{{text}} {{ TEXT }} {{TEXT.a}} {{#if TEXT}} {TEXT} {{TEXT": "{{text}} {{ TEXT }} {{TEXT.a}} {{#if TEXT}} {TEXT} {{TEXT",
		"{{{OTHER}}}": "{other}",
	} {
		if got := protocol.Render(prompt, lookup); got != want {
			t.Errorf("%q: got %q, want %q", prompt, got, want)
		}
	}
	if got := protocol.Render("{{WRONG}}", lookup); got == "" || got == "{{WRONG}}" {
		t.Errorf("a value that is no JSON: %q", got)
	}
}

// TestPrompt renders the example's system prompt: the prompt sees what its input lists, under the names that it has there,
// and so does what it includes.
func TestPrompt(t *testing.T) {
	t.Parallel()
	agent := support(t)
	values, err := agent.Input.Fill(map[string]any{"COMPANY_NAME": "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	lookup := agent.Main.Input.Lookup(func(name string) (any, bool) { v, ok := values[name]; return v, ok })
	got := protocol.Render(agent.Prompt(agent.Main.System), lookup)
	want := "You help the customers of Acme.\n\nBe brief and kind. You speak for Acme.\n\nRules: NONE\nLimits:\n\n"
	if got != want {
		t.Errorf("got %q", got)
	}
	if _, ok := lookup("POLICIES"); ok {
		t.Error("a prompt sees a variable by a name that its input does not list")
	}
	if got := agent.Prompt("nowhere"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestParseModel(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]protocol.Model{
		"anthropic/claude-sonnet-4-5":   {Provider: "anthropic", ID: "claude-sonnet-4-5"},
		"my-router/meta/llama:free@2.1": {Provider: "my-router", ID: "meta/llama:free@2.1"},
		"":                              {},
		"gpt-4o":                        {},
		"openai/":                       {},
		"/gpt-4o":                       {},
		"openai//gpt-4o":                {},
		"openai/gpt 4o":                 {},
		"OpenAI/gpt-4o":                 {},
	} {
		got, err := protocol.ParseModel(name)
		if got != want || (err == nil) != (want != protocol.Model{}) {
			t.Errorf("%q: %+v %v", name, got, err)
		}
		if err == nil && got.String() != name {
			t.Errorf("%q is told as %q", name, got)
		}
	}
	if m := (protocol.Model{Variable: "MODEL"}); m.String() != "MODEL" {
		t.Error(m)
	}
}
