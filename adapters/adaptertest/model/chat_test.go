package model

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func postChat(t *testing.T, s *Server, tools []string, messages ...object) *http.Response {
	t.Helper()
	var offered []object
	for _, name := range tools {
		offered = append(offered, object{"type": "function", "function": object{"name": name}})
	}
	return postJSON(t, s.URL+"/v1/chat/completions", object{
		"model": "m", "stream": true, "stream_options": object{"include_usage": true}, "messages": messages, "tools": offered,
	})
}

// chatChunk is a chunk as a client reads it.
type chatChunk struct {
	Choices []struct {
		Delta struct {
			Content   string
			Reasoning string `json:"reasoning_content"`
			ToolCalls []struct {
				Index    int
				Function struct{ Name, Arguments string }
			} `json:"tool_calls"`
		}
		FinishReason string `json:"finish_reason"`
	}
}

// respondChat plays one response to its end: its thoughts, its text and its calls, and the last chunk.
func respondChat(t *testing.T, s *Server, tools []string, messages ...object) (thoughts, text string, calls []string, finish string) {
	t.Helper()
	data, err := readData(postChat(t, s, tools, messages...).Body)
	if err != nil || len(data) == 0 || data[len(data)-1] != "[DONE]" {
		t.Fatalf("%v after %q", err, data)
	}
	for _, d := range data[:len(data)-1] {
		var c chatChunk
		if err := json.Unmarshal([]byte(d), &c); err != nil {
			t.Fatal(err)
		}
		for _, choice := range c.Choices {
			thoughts += choice.Delta.Reasoning
			text += choice.Delta.Content
			finish += choice.FinishReason
			for _, call := range choice.Delta.ToolCalls {
				if call.Function.Name != "" {
					calls = append(calls, call.Function.Name+": ")
				}
				calls[call.Index] += call.Function.Arguments
			}
		}
	}
	return thoughts, text, calls, finish
}

func TestChat(t *testing.T) {
	s := Start(t)
	tools := []string{"bash"}
	thoughts, text, calls, finish := respondChat(t, s, tools, object{"role": "user", "content": "think hard\nsay now\nrun a\nand read b\nsay end"})
	want := []string{`bash: {"command":"a","description":"Run a scripted command"}`, `read: {"filePath":"b"}`}
	if thoughts != "hard" || text != "now" || !slices.Equal(calls, want) || finish != "tool_calls" {
		t.Errorf("got %q, %q, %q, %s", thoughts, text, calls, finish)
	}
}

func TestChatGoesOnBehindACall(t *testing.T) {
	s := Start(t)
	_, text, _, finish := respondChat(t, s, []string{"bash"},
		object{"role": "system", "content": "be kind"},
		object{"role": "user", "content": []object{{"type": "text", "text": "run a\nresult"}, {"type": "image_url", "image_url": object{"url": "data:image/png;base64,AA"}}}},
		object{"role": "assistant", "content": nil, "reasoning_content": "hm", "tool_calls": []object{{"id": "c1", "type": "function", "function": object{"name": "bash", "arguments": "{}"}}}},
		object{"role": "tool", "tool_call_id": "c1", "content": "A"})
	if text != "done: A" || finish != "stop" {
		t.Errorf("got %q, %s", text, finish)
	}
	got := s.Requests()[0]
	want := []Message{
		{Role: "user", Parts: []Part{{Kind: "text", Text: "run a\nresult"}, {Kind: "image", Text: "data:image/png;base64,AA"}}},
		{Role: "assistant", Parts: []Part{{Kind: "thinking", Text: "hm"}, {Kind: "tool_use", ID: "c1", Name: "bash", Text: "{}"}}},
		{Role: "user", Parts: []Part{{Kind: "tool_result", ID: "c1", Text: "A"}}},
	}
	if got.System != "be kind" || !got.Scripted || !slices.Equal(got.Tools, []string{"bash"}) || !reflect.DeepEqual(got.Messages, want) {
		t.Errorf("got %+v", got)
	}
}

// OpenCode asks for a title with the user's text in a message of its own.
func TestChatWithoutToolsIsNoScript(t *testing.T) {
	s := Start(t)
	_, text, _, _ := respondChat(t, s, nil, object{"role": "user", "content": "Generate a title for this conversation:\n"}, object{"role": "user", "content": "say a"})
	if text != "ok" || s.Requests()[0].Scripted {
		t.Errorf("got %q", text)
	}
}

func TestChatUsage(t *testing.T) {
	s := Start(t)
	for _, wanted := range []bool{true, false} {
		answer := postJSON(t, s.URL+"/v1/chat/completions", object{
			"stream": true, "stream_options": object{"include_usage": wanted}, "messages": []object{{"role": "user", "content": "say a\nusage 70 8 9 5"}},
			"tools": []object{{"function": object{"name": "bash"}}},
		})
		data, err := readData(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		last := data[len(data)-2]
		want := `"usage":{"completion_tokens":8,"completion_tokens_details":{"reasoning_tokens":5},"prompt_tokens":70,"prompt_tokens_details":{"cached_tokens":9},"total_tokens":78}`
		if strings.Contains(last, want) != wanted || strings.Contains(last, "usage") != wanted {
			t.Errorf("%v: got %s", wanted, last)
		}
	}
}

func TestToolsOfOpenCode(t *testing.T) {
	s := Start(t)
	patches := []string{"bash", "apply_patch"}
	for _, c := range []struct {
		tools      []string
		line, want string
	}{
		{[]string{"write"}, "write f a", `write: {"content":"a","filePath":"f"}`},
		{[]string{"edit"}, "edit f a => b", `edit: {"filePath":"f","newString":"b","oldString":"a"}`},
		{patches, "write f a", `apply_patch: {"patchText":"*** Begin Patch\n*** Add File: f\n+a\n*** End Patch\n"}`},
		{patches, "edit f a => b", `apply_patch: {"patchText":"*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n*** End Patch\n"}`},
		{patches, "escalate a", `bash: {"command":"a","description":"Run a scripted command"}`},
		{patches, `plan [-] a`, `todowrite: {"todos":[{"content":"a","priority":"medium","status":"in_progress"}]}`},
		{patches, "ask multi Q? | A", `question: {"questions":[{"header":"Choice","multiple":true,"options":[{"description":"Choose A","label":"A"}],"question":"Q?"}]}`},
		{patches, `tool srv_echo {"a":1}`, `srv_echo: {"a":1}`},
	} {
		if _, _, got, _ := respondChat(t, s, c.tools, object{"role": "user", "content": c.line}); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
}
