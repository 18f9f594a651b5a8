package model

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

type event struct {
	name string
	data map[string]any
}

func post(ctx context.Context, t *testing.T, s *Server, stream bool, messages ...Message) (*http.Response, error) {
	t.Helper()
	body := object{"model": "m", "stream": stream, "messages": wire(messages), "metadata": object{"user_id": t.Name()}}
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, "POST", s.URL+"/v1/messages?beta=true", strings.NewReader(string(encoded)))
	if err != nil {
		t.Fatal(err)
	}
	return http.DefaultClient.Do(r)
}

func postJSON(t *testing.T, url string, body object) *http.Response {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(string(encoded)))
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

func wire(messages []Message) []object {
	var out []object
	for _, m := range messages {
		var content []object
		for _, p := range m.Parts {
			switch p.Kind {
			case "text":
				content = append(content, object{"type": "text", "text": p.Text})
			case "tool_use":
				content = append(content, object{"type": "tool_use", "id": "t", "name": p.Name, "input": json.RawMessage(p.Text)})
			case "tool_result":
				content = append(content, object{"type": "tool_result", "tool_use_id": "t", "content": p.Text})
			}
		}
		out = append(out, object{"role": m.Role, "content": content})
	}
	return out
}

func readEvents(t *testing.T, body io.Reader) ([]event, error) {
	t.Helper()
	var events []event
	r := bufio.NewReader(body)
	for {
		line, err := r.ReadString('\n')
		switch {
		case strings.HasPrefix(line, "event: "):
			events = append(events, event{name: strings.TrimSpace(line[7:])})
		case strings.HasPrefix(line, "data: "):
			if err := json.Unmarshal([]byte(line[6:]), &events[len(events)-1].data); err != nil {
				t.Fatal(err)
			}
		}
		if err == io.EOF {
			return events, nil
		}
		if err != nil {
			return events, err
		}
	}
}

// readData reads the events of a stream that gives them no names.
func readData(body io.Reader) ([]string, error) {
	all, err := io.ReadAll(body)
	var data []string
	for line := range strings.Lines(string(all)) {
		if text, ok := strings.CutPrefix(line, "data: "); ok {
			data = append(data, strings.TrimSpace(text))
		}
	}
	return data, err
}

// fold makes of a stream what a client makes of it: its blocks as "kind: text" or "tool: input", and the stop reason.
func fold(t *testing.T, events []event) (blocks []string, stop string) {
	t.Helper()
	for _, e := range events {
		if e.data["type"] != e.name {
			t.Errorf("event %s has type %v", e.name, e.data["type"])
		}
		switch e.name {
		case "content_block_start":
			start := e.data["content_block"].(object)
			kind := start["type"]
			if kind == "tool_use" {
				kind = start["name"]
			}
			blocks = append(blocks, kind.(string)+": ")
		case "content_block_delta":
			delta := e.data["delta"].(object)
			for _, key := range []string{"text", "thinking", "partial_json"} {
				if piece, ok := delta[key].(string); ok {
					blocks[int(e.data["index"].(float64))] += piece
				}
			}
		case "message_delta":
			stop = e.data["delta"].(object)["stop_reason"].(string)
		}
	}
	return blocks, stop
}

// respond plays one response to its end.
func respond(t *testing.T, s *Server, messages ...Message) (blocks []string, stop string) {
	t.Helper()
	answer, err := post(t.Context(), t, s, true, messages...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	events, err := readEvents(t, answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, %v", answer.StatusCode, err)
	}
	return fold(t, events)
}
