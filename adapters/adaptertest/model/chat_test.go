package model

import (
	"encoding/json"
	"net/http"
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
	body, err := json.Marshal(object{"model": "m", "stream": true, "stream_options": object{"include_usage": true}, "messages": messages, "tools": offered})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/v1/chat/completions", strings.NewReader(string(body)))
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
	Usage *struct {
		PromptTokens     int `json:"prompt_tokens"`
		CompletionTokens int `json:"completion_tokens"`
	}
	Error *struct{ Message, Code string }
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
