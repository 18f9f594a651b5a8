package model

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestConversation(t *testing.T) {
	s := Start(t)
	messages := []Message{user("think hard\nsay now\nrun touch x\nwrite /f a b\nread /f\nedit /f a => c\nresult")}
	for _, c := range []struct {
		more   []Message
		blocks []string
		stop   string
	}{
		{nil, []string{"thinking: hard", "text: now", `Bash: {"command":"touch x","description":"Run a scripted command"}`}, "tool_use"},
		{[]Message{called("Bash"), answered("B")}, []string{`Write: {"content":"a b","file_path":"/f"}`}, "tool_use"},
		{[]Message{called("Write"), answered("W")}, []string{`Read: {"file_path":"/f"}`}, "tool_use"},
		{[]Message{called("Read"), answered("R")}, []string{`Edit: {"file_path":"/f","new_string":"c","old_string":"a"}`}, "tool_use"},
		{[]Message{called("Edit"), answered("the result")}, []string{"text: done: the result"}, "end_turn"},
	} {
		messages = append(messages, c.more...)
		blocks, stop := respond(t, s, messages...)
		if !slices.Equal(blocks, c.blocks) || stop != c.stop {
			t.Errorf("got %q %s, want %q %s", blocks, stop, c.blocks, c.stop)
		}
	}
}

func TestToolsOfClaudeCode(t *testing.T) {
	s := Start(t)
	for line, want := range map[string]string{
		"plan # P":         `ExitPlanMode: {"plan":"# P"}`,
		`tool X {"a":[1]}`: `X: {"a":[1]}`,
		"ask Q? | A": `AskUserQuestion: {"questions":[{"header":"Choice","multiSelect":false,` +
			`"options":[{"description":"Choose A","label":"A"}],"question":"Q?"}]}`,
		"ask multi Q? | A ;; R? | B": `AskUserQuestion: {"questions":[{"header":"Choice 1","multiSelect":true,` +
			`"options":[{"description":"Choose A","label":"A"}],"question":"Q?"},{"header":"Choice 2","multiSelect":false,` +
			`"options":[{"description":"Choose B","label":"B"}],"question":"R?"}]}`,
	} {
		if blocks, _ := respond(t, s, user(line)); len(blocks) != 1 || blocks[0] != want {
			t.Errorf("%s: got %q", line, blocks)
		}
	}
}

func TestEventsInOrder(t *testing.T) {
	s := Start(t)
	answer, err := post(t.Context(), t, s, true, user("usage 7 8 9\nthink a\nrun b"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	events, err := readEvents(t, answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range events {
		names = append(names, strings.TrimPrefix(e.name, "content_block_"))
	}
	want := "message_start ping start delta delta stop start delta delta stop message_delta message_stop"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s", got)
	}
	first := events[0].data["message"].(object)["usage"].(object)
	last := events[len(events)-2].data["usage"].(object)
	if first["input_tokens"] != 7.0 || first["output_tokens"] != 1.0 || last["output_tokens"] != 8.0 || last["cache_read_input_tokens"] != 9.0 {
		t.Errorf("usage: %v, %v", first, last)
	}
}

func TestInOnePiece(t *testing.T) {
	s := Start(t)
	answer, err := post(t.Context(), t, s, false, user("think a\nsay b\nrun c"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var got struct {
		Content []struct {
			Type, Text, Thinking, Name string
			Input                      struct{ Command string }
		}
		StopReason string `json:"stop_reason"`
		Usage      struct {
			OutputTokens int `json:"output_tokens"`
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	c := got.Content
	if len(c) != 3 || c[0].Thinking != "a" || c[1].Text != "b" || c[2].Input.Command != "c" || got.StopReason != "tool_use" || got.Usage.OutputTokens != 10 {
		t.Errorf("got %+v", got)
	}
}

func TestLargeAndMany(t *testing.T) {
	s := Start(t)
	for line, size := range map[string]int{"big 3000001": 3_000_001, "burst 20000": 108_894, "slow 3 1": 18} {
		if blocks, _ := respond(t, s, user(line)); len(blocks) != 1 || len(blocks[0]) != len("text: ")+size {
			t.Errorf("%s: %d blocks", line, len(blocks))
		}
	}
}

func TestUnscripted(t *testing.T) {
	s := Start(t)
	if blocks, stop := respond(t, s, user("Please write a title")); !slices.Equal(blocks, []string{"text: ok"}) || stop != "end_turn" {
		t.Errorf("got %q %s", blocks, stop)
	}
	if r := s.Requests(); len(r) != 1 || r[0].Scripted {
		t.Errorf("got %+v", r)
	}
}

func TestOtherRoutes(t *testing.T) {
	s := Start(t)
	for route, want := range map[string]string{
		"HEAD /":                         "200 ",
		"GET /v1/models":                 `200 {"data":[{"created_at"`,
		"POST /v1/messages/count_tokens": `200 {"input_tokens":3}`,
		"GET /none":                      `404 {"error":{"message":"no such route: GET /none","type":"not_found_error"}`,
		"POST /v1/messages":              `400 {"error":{"message":"`,
	} {
		method, path, _ := strings.Cut(route, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader("twelve bytes"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Anthropic-Version", "2023-06-01")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if got := answer.Status[:4] + string(body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s", route, got)
		}
	}
}

func TestRequestsAreRecorded(t *testing.T) {
	s := Start(t)
	body := `{"model":"m","system":[{"type":"text","text":"be"},{"type":"text","text":"kind"}],"tools":[{"name":"Bash"}],"messages":[
		{"role":"user","content":[{"type":"text","text":"run a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}]},
		{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"a":1}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"no"}]}]}]}`
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/v1/messages", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", "k")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	got := s.Requests()[0]
	want := []Message{
		{Role: "user", Parts: []Part{{Kind: "text", Text: "run a"}, {Kind: "image", Text: "data:image/png;base64,AA"}}},
		{Role: "assistant", Parts: []Part{{Kind: "tool_use", ID: "t1", Name: "Bash", Text: `{"a":1}`}}},
		{Role: "user", Parts: []Part{{Kind: "tool_result", ID: "t1", Text: "no", IsError: true}}},
	}
	if got.Model != "m" || got.System != "be\nkind" || got.Path != "/v1/messages" || got.Header.Get("X-Api-Key") != "k" ||
		!got.Scripted || got.Stream || !slices.Equal(got.Tools, []string{"Bash"}) || !reflect.DeepEqual(got.Messages, want) {
		t.Errorf("got %+v", got)
	}
}

func TestManyConversationsAtOnce(t *testing.T) {
	s := Start(t)
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			text := strings.Repeat("x", n+1)
			blocks, _ := respond(t, s, user("run a\nsay "+text), called("Bash"), answered("A"))
			if !slices.Equal(blocks, []string{"text: " + text}) {
				t.Errorf("%d: got %q", n, blocks)
			}
		})
	}
	all.Wait()
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(t).Await(ctx, func(Request) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
