package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// client speaks one of the wires as an agent does.
type client struct {
	path    string
	request func(conversation, script string) object
	text    func(data object) string // what a text delta adds
	failure func(data object) string // the message of an error in a stream, or of one that is the whole answer
	last    string                   // what the last event contains
}

var clients = map[string]client{
	"anthropic": {
		path: "/v1/messages",
		request: func(conversation, script string) object {
			return object{"stream": true, "metadata": object{"user_id": conversation}, "messages": []object{{"role": "user", "content": script}}}
		},
		text:    func(data object) string { return member(data, "delta", "text") },
		failure: func(data object) string { return member(data, "error", "message") },
		last:    "message_stop",
	},
	"responses": {
		path: "/v1/responses",
		request: func(conversation, script string) object {
			return object{"stream": true, "prompt_cache_key": conversation, "input": items{}.user(script)}
		},
		text: func(data object) string {
			if data["type"] == "response.output_text.delta" {
				return member(data, "delta")
			}
			return ""
		},
		failure: func(data object) string {
			return member(data, "response", "error", "message") + member(data, "error", "message")
		},
		last: "response.completed",
	},
	"chat": {
		path: "/v1/chat/completions",
		request: func(conversation, script string) object {
			return object{
				"stream": true, "tools": []object{{"function": object{"name": "bash"}}},
				"messages": []object{{"role": "user", "content": conversation}, {"role": "assistant", "content": "ok"}, {"role": "user", "content": script}},
			}
		},
		text:    func(data object) string { return member(data, "choices", "delta", "content") },
		failure: func(data object) string { return member(data, "error", "message") },
		last:    "[DONE]",
	},
	"gemini": {
		path: "/v1beta/models/m:streamGenerateContent",
		request: func(conversation, script string) object {
			return object{"tools": geminiTools, "contents": contents{}.user(conversation).user(script)}
		},
		text: func(data object) string {
			if strings.Contains(fmt.Sprint(data), "thought:true") {
				return ""
			}
			return member(data, "candidates", "content", "parts", "text")
		},
		failure: func(data object) string { return member(data, "error", "message") },
		last:    `"finishReason":"STOP"`,
	},
}

// member goes down to a string, in lists to the first element. It is empty where there is none.
func member(value any, names ...string) string {
	if list, ok := value.([]any); ok {
		if len(list) == 0 {
			return ""
		}
		return member(list[0], names...)
	}
	if len(names) == 0 {
		text, _ := value.(string)
		return text
	}
	members, _ := value.(object)
	return member(members[names[0]], names[1:]...)
}

func (c client) post(ctx context.Context, t *testing.T, s *Server, conversation, script string) (*http.Response, error) {
	t.Helper()
	body, err := json.Marshal(c.request(conversation, script))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, "POST", s.URL+c.path, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return http.DefaultClient.Do(r)
}

// ask plays one response: its status, its text, the message of its error, and whether it came to its end.
func (c client) ask(t *testing.T, s *Server, conversation, script string) (status int, text, failure string, ended bool) {
	t.Helper()
	answer, err := c.post(t.Context(), t, s, conversation, script)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		var data object
		if err := json.NewDecoder(answer.Body).Decode(&data); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, "", c.failure(data), false
	}
	all, err := readData(answer.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	for _, d := range all {
		var data object
		if json.Unmarshal([]byte(d), &data) == nil {
			text += c.text(data)
			failure += c.failure(data)
		}
		ended = strings.Contains(d, c.last)
	}
	return answer.StatusCode, text, failure, ended && err == nil
}

func onEveryWire(t *testing.T, test func(t *testing.T, s *Server, c client)) {
	for name, c := range clients {
		t.Run(name, func(t *testing.T) { test(t, Start(t), c) })
	}
}

func TestTextsOnEveryWire(t *testing.T) {
	onEveryWire(t, func(t *testing.T, s *Server, c client) {
		var numbers strings.Builder
		for n := range 5000 {
			fmt.Fprintf(&numbers, "%d ", n+1)
		}
		for script, want := range map[string]string{
			`say ä\nb`:         "ä\nb",
			"say a\nsay b":     "ab",
			"slow 3 1":         "tick1 tick2 tick3 ",
			"burst 5000":       numbers.String(),
			"big 12":           "0000000 0000",
			"think a\nsay b":   "b",
			"reason a\nsay b":  "b",
			"result":           "done: ",
			"hello there, you": "ok",
		} {
			if status, text, _, ended := c.ask(t, s, t.Name(), script); status != 200 || text != want || !ended {
				t.Errorf("%s: got %d, %.100q, %v", script, status, text, ended)
			}
		}
	})
}

func TestErrorsOnEveryWire(t *testing.T) {
	onEveryWire(t, func(t *testing.T, s *Server, c client) {
		for _, want := range []int{400, 401, 429, 500, 503, 529} {
			if status, _, message, _ := c.ask(t, s, t.Name(), fmt.Sprintf("error %d too bad", want)); status != want || message != "too bad" {
				t.Errorf("%d: got %d %s", want, status, message)
			}
		}
		if _, text, message, ended := c.ask(t, s, t.Name(), "say a\nerror 500 too late"); text != "a" || !strings.Contains(message, "too late") || ended {
			t.Errorf("in a stream: got %q, %q, %v", text, message, ended)
		}
	})
}

func TestErrorsAreCountedByConversation(t *testing.T) {
	onEveryWire(t, func(t *testing.T, s *Server, c client) {
		for _, conversation := range []string{"one", "two"} {
			for n, want := range []string{"", "", "recovered after 2 errors"} {
				if _, text, _, _ := c.ask(t, s, conversation, "error 500 x2 bad"); text != want {
					t.Errorf("conversation %s, request %d: got %q", conversation, n, text)
				}
			}
		}
	})
}

func TestCutOnEveryWire(t *testing.T) {
	onEveryWire(t, func(t *testing.T, s *Server, c client) {
		for _, want := range []bool{false, true} {
			if _, text, _, ended := c.ask(t, s, t.Name(), "cut x1 some text"); text != "some text" || ended != want {
				t.Errorf("got %q, %v, want %v", text, ended, want)
			}
		}
	})
}

func TestHangOnEveryWire(t *testing.T) {
	onEveryWire(t, func(t *testing.T, s *Server, c client) {
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			answer, err := c.post(ctx, t, s, t.Name(), "say a\nhang")
			if err == nil {
				_, err = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
			left <- err
		}()
		if _, err := s.Await(t.Context(), func(r Request) bool { return r.Scripted }); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestNonsenseOnEveryWire(t *testing.T) {
	onEveryWire(t, func(t *testing.T, s *Server, c client) {
		for _, body := range []string{"", "{", `[]`, `"text"`} {
			r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+c.path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s", body, answer.Status)
			}
		}
	})
}
