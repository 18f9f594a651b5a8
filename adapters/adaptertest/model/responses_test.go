package model

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// items are the input of a request as Codex writes it.
type items []object

func (i items) user(texts ...string) items {
	var content []object
	for _, t := range texts {
		content = append(content, object{"type": "input_text", "text": t})
	}
	return append(i, object{"type": "message", "role": "user", "content": content})
}

func (i items) called(output string) items {
	return append(i,
		object{"type": "function_call", "name": "exec_command", "arguments": "{}", "call_id": "c1"},
		object{"type": "function_call_output", "call_id": "c1", "output": output})
}

// codexTools are tools as Codex offers them for most models.
var codexTools = []object{
	{"type": "function", "name": "exec_command"}, {"type": "custom", "name": "apply_patch"},
	{"type": "namespace", "name": "mcp__srv", "tools": []object{{"type": "function", "name": "echo"}}}, {"type": "web_search"},
}

func postResponses(t *testing.T, s *Server, input items, tools []object) *http.Response {
	t.Helper()
	body, err := json.Marshal(object{"model": "m", "stream": true, "input": input, "tools": tools, "prompt_cache_key": t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/v1/responses", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// respondResponses plays one response to its end and puts it together from its deltas, as "kind: text".
func respondResponses(t *testing.T, s *Server, input items, tools []object) []string {
	t.Helper()
	events, err := readEvents(t, postResponses(t, s, input, tools).Body)
	if err != nil {
		t.Fatal(err)
	}
	return foldResponses(t, events)
}

func foldResponses(t *testing.T, events []event) []string {
	t.Helper()
	var out []string
	for n, e := range events {
		if e.data["type"] != e.name || e.data["sequence_number"] != float64(n) {
			t.Errorf("event %d %s: %v", n, e.name, e.data)
		}
		switch delta, ok := e.data["delta"].(string); {
		case e.name == "response.output_item.added":
			item := e.data["item"].(object)
			kind := item["type"].(string)
			if name, ok := item["name"].(string); ok {
				kind = strings.TrimSuffix(kind, "_call") + " " + name
			}
			out = append(out, kind+": ")
		case ok:
			out[int(e.data["output_index"].(float64))] += delta
		}
	}
	return out
}

func TestResponses(t *testing.T) {
	s := Start(t)
	script := items{}.user("<environment_context>\n  <cwd>/w</cwd>\n</environment_context>").user("think hard\nsay now\nrun touch x\nedit f a => b\nresult")
	for _, c := range []struct {
		input items
		want  []string
	}{
		{script, []string{"reasoning: hard", "message: now", `function exec_command: {"cmd":"touch x","yield_time_ms":30000}`}},
		{script.called("A"), []string{"custom_tool apply_patch: *** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n*** End Patch\n"}},
		{script.called("A").called("B"), []string{"message: done: B"}},
	} {
		if got := respondResponses(t, s, c.input, codexTools); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
