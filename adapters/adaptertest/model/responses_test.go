package model

import (
	"encoding/json"
	"net/http"
	"reflect"
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
	return postJSON(t, s.URL+"/v1/responses", object{"model": "m", "stream": true, "input": input, "tools": tools, "prompt_cache_key": t.Name()})
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

func TestResponsesEventsInOrder(t *testing.T) {
	events, err := readEvents(t, postResponses(t, Start(t), items{}.user("usage 70 8 9 5\nthink a\nreason b\nsay c\nrun d"), codexTools).Body)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range events {
		names = append(names, strings.TrimPrefix(e.name, "response."))
	}
	reasoning := "reasoning_summary_text.delta reasoning_summary_text.done reasoning_summary_part.done output_item.done"
	want := "created in_progress output_item.added reasoning_summary_part.added " + reasoning +
		" output_item.added content_part.added reasoning_text.delta reasoning_text.done content_part.done output_item.done" +
		" output_item.added content_part.added output_text.delta output_text.done content_part.done output_item.done" +
		" output_item.added function_call_arguments.delta function_call_arguments.delta function_call_arguments.done output_item.done completed"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s", got)
	}
	last := events[len(events)-1].data["response"].(object)
	if usage, _ := json.Marshal(last["usage"]); string(usage) != `{"input_tokens":70,"input_tokens_details":{"cached_tokens":9},`+
		`"output_tokens":8,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":78}` {
		t.Errorf("usage: %s", usage)
	}
	if output := last["output"].([]any); len(output) != 4 || last["status"] != "completed" ||
		member(output[0], "summary", "text") != "a" || member(output[1], "content", "text") != "b" ||
		member(output[2], "content", "text") != "c" || member(output[3], "arguments") == "" {
		t.Errorf("output: %v", last)
	}
}

func TestToolsOfCodex(t *testing.T) {
	s := Start(t)
	direct := []object{{"type": "function", "name": "exec_command"}, {"type": "custom", "name": "apply_patch"}}
	script := []object{{"type": "namespace", "name": "functions", "tools": []object{{"type": "custom", "name": "exec"}, {"type": "function", "name": "request_user_input"}}}}
	questions := `{"questions":[{"header":"Choice","id":"q1","options":[{"description":"Choose A","label":"A"}],"question":"Q?"}]}`
	for _, c := range []struct {
		tools      []object
		line, want string
	}{
		{direct, "run a", `function exec_command: {"cmd":"a","yield_time_ms":30000}`},
		{direct, "escalate a", `function exec_command: {"cmd":"a","justification":"May the scripted command run outside of the sandbox?",` +
			`"sandbox_permissions":"require_escalated","yield_time_ms":30000}`},
		{direct, "read it's", `function exec_command: {"cmd":"cat 'it'\\''s'","yield_time_ms":30000}`},
		{[]object{{"type": "function", "name": "shell_command"}}, "run a", `function shell_command: {"command":"a"}`},
		{[]object{{"type": "function", "name": "shell"}}, "run a", `function shell: {"command":["bash","-c","a"]}`},
		{direct, `write f a\nb`, "custom_tool apply_patch: *** Begin Patch\n*** Add File: f\n+a\n+b\n*** End Patch\n"},
		{[]object{{"type": "function", "name": "apply_patch"}}, "write f a", `function apply_patch: {"input":"*** Begin Patch\n*** Add File: f\n+a\n*** End Patch\n"}`},
		{direct[:1], "write f a", `function exec_command: {"cmd":"apply_patch \u003c\u003c'PATCH'\n*** Begin Patch\n*** Add File: f\n+a\n*** End Patch\nPATCH","yield_time_ms":30000}`},
		{direct, `tool apply_patch "raw\n"`, "custom_tool apply_patch: raw\n"},
		{direct, `plan [x] a\n[-] b\nc`, `function update_plan: {"plan":[{"status":"completed","step":"a"},{"status":"in_progress","step":"b"},{"status":"pending","step":"c"}]}`},
		{direct, "ask Q? | A", "function request_user_input: " + questions},
		{script, "ask Q? | A", "function request_user_input: " + questions},
		{script, "run a", "custom_tool exec: const result = await tools[\"exec_command\"]({\"cmd\":\"a\",\"yield_time_ms\":30000});\ntext(result?.output ?? result);\n"},
		{script, "write f a", "custom_tool exec: const result = await tools[\"apply_patch\"](\"*** Begin Patch\\n*** Add File: f\\n+a\\n*** End Patch\\n\");\ntext(result?.output ?? result);\n"},
	} {
		if got := respondResponses(t, s, items{}.user(c.line), c.tools); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
}

// A tool in a namespace is called by both names, and so is an MCP server's tool that is not offered.
func TestResponsesNamespaces(t *testing.T) {
	s := Start(t)
	for _, tools := range [][]object{codexTools, nil} {
		events, err := readEvents(t, postResponses(t, s, items{}.user(`tool mcp__srv__echo {"a":1}`), tools).Body)
		if err != nil {
			t.Fatal(err)
		}
		item := events[2].data["item"].(object)
		if item["name"] != "echo" || item["namespace"] != "mcp__srv" || item["type"] != "function_call" {
			t.Errorf("got %v", item)
		}
	}
}

func TestResponsesRequestsAreRecorded(t *testing.T) {
	s := Start(t)
	input := items{
		{"type": "additional_tools", "role": "developer", "tools": []object{{"type": "namespace", "name": "functions", "tools": []object{{"type": "custom", "name": "exec"}}}}},
		{"type": "message", "role": "developer", "content": "be kind"},
		{"type": "message", "role": "user", "content": []object{{"type": "input_text", "text": "run a"}, {"type": "input_image", "image_url": "data:image/png;base64,AA"}}},
		{"type": "reasoning", "summary": []object{{"type": "summary_text", "text": "hm"}}, "encrypted_content": "x"},
		{"type": "custom_tool_call", "name": "exec", "input": "1", "call_id": "c1"},
		{"type": "custom_tool_call_output", "call_id": "c1", "output": []object{{"type": "input_text", "text": "A"}, {"type": "input_image", "image_url": "u"}}},
		{"type": "function_call", "name": "echo", "namespace": "mcp__srv", "arguments": "{}", "call_id": "c2"},
	}
	_ = respondResponses(t, s, input, codexTools)
	got := s.Requests()[0]
	want := []Message{
		{Role: "user", Parts: []Part{{Kind: "text", Text: "run a"}, {Kind: "image", Text: "data:image/png;base64,AA"}}},
		{Role: "assistant", Parts: []Part{{Kind: "thinking", Text: "hm"}}},
		{Role: "assistant", Parts: []Part{{Kind: "tool_use", ID: "c1", Name: "exec", Text: "1"}}},
		{Role: "user", Parts: []Part{{Kind: "tool_result", ID: "c1", Text: "A"}, {Kind: "image", Text: "u"}}},
		{Role: "assistant", Parts: []Part{{Kind: "tool_use", ID: "c2", Name: "mcp__srv__echo", Text: "{}"}}},
	}
	if got.System != "be kind" || !got.Scripted || !got.Stream || got.Model != "m" || !reflect.DeepEqual(got.Messages, want) {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(got.Tools, []string{"exec_command", "apply_patch", "mcp__srv__echo", "web_search", "exec"}) {
		t.Errorf("tools %q", got.Tools)
	}
}

func TestTextsThatAreNotTheUsers(t *testing.T) {
	s := Start(t)
	begin := items{}.user("# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>\nsay no\n</INSTRUCTIONS>", "<environment_context>\n  <cwd>/w</cwd>\n</environment_context>")
	for name, c := range map[string]struct {
		input items
		want  string
	}{
		"before the first text":    {begin.user("say a"), "a"},
		"after it":                 {items{}.user("say a").user("<environment_context>\n</environment_context>"), "a"},
		"an interrupt":             {begin.user("hang").user("<turn_aborted>\nThe user interrupted.\n</turn_aborted>").user("say a"), "a"},
		"an interrupt in a call":   {begin.user("run x\nsay no").called("aborted").user("<turn_aborted>\n</turn_aborted>").user("say a"), "a"},
		"around a picture":         {begin.user("say a", "<image name=[Image #1]>", "</image>"), "a"},
		"steered behind a call":    {begin.user("run x\nsay no").called("X").user("say a"), "a"},
		"talk behind a call":       {begin.user("run x\nsay no").called("X").user("please stop"), "ok"},
		"nothing but what is told": {begin, "ok"},
	} {
		if got := respondResponses(t, s, c.input, codexTools); !slices.Equal(got, []string{"message: " + c.want}) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestResponsesInTheFormAskedFor(t *testing.T) {
	s := Start(t)
	schema := json.RawMessage(`{"type":"object","required":["outcome"],"properties":{"outcome":{"type":"string","enum":["allow","deny"]}}}`)
	body := object{"stream": true, "input": items{}.user("Judge this:\nsay a"), "text": object{"format": object{"type": "json_schema", "schema": schema}}}
	events, err := readEvents(t, postJSON(t, s.URL+"/v1/responses", body).Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := foldResponses(t, events); !slices.Equal(got, []string{`message: {"outcome":"allow"}`}) {
		t.Errorf("got %q", got)
	}
}

func TestResponsesOfAStringOnly(t *testing.T) {
	events, err := readEvents(t, postJSON(t, Start(t).URL+"/v1/responses", object{"stream": true, "input": "say a"}).Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := foldResponses(t, events); !slices.Equal(got, []string{"message: a"}) {
		t.Errorf("got %q", got)
	}
}

func TestWholeAnswersAreRefused(t *testing.T) {
	s := Start(t)
	for path, body := range map[string]object{
		"/v1/responses":        {"input": "say a"},
		"/v1/chat/completions": {"messages": []object{{"role": "user", "content": "say a"}}},
	} {
		if answer := postJSON(t, s.URL+path, body); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

func TestModelsOfOpenAI(t *testing.T) {
	r, err := http.NewRequestWithContext(t.Context(), "GET", Start(t).URL+"/v1/models", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var got object
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil || got["object"] != "list" || member(got["data"], "id") != "scripted-large" {
		t.Errorf("%v, %v", err, got)
	}
}
