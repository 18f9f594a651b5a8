package server

import (
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// fire posts a trigger of the agent-sessions family as a client of some generation does, and reads what it says.
func fire(t *testing.T, w *world, s string, body fields, headers ...string) (events []openapi.UIEvent, text string) {
	t.Helper()
	events, _ = uiEvents(t, w.post(s+"/trigger", body.json(t), headers...).want(200).body)
	for _, e := range events {
		text += e.Delta
	}
	return events, text
}

// shown are a session's messages, for a client that sends these headers.
func (w *world) shown(s string, headers ...string) []openapi.UIMessage {
	w.t.Helper()
	return *decodeAs[openapi.AgentSession](w.t, w.get(s+"?format=ui", headers...).want(200).body).Messages
}

// calls are the tool calls that a leg has ended with.
func calls(t *testing.T, events []openapi.UIEvent) []openapi.UIToolCall {
	t.Helper()
	for _, e := range events {
		if e.Type == openapi.UIToolRequest {
			return e.ToolCalls
		}
	}
	t.Fatalf("no call in %+v", events)
	return nil
}

// TestGenerations: all generations of the SDK repeat the trigger when they go on; what else they send has grown. The trigger is
// not fired again.
func TestGenerations(t *testing.T) {
	for generation, c := range map[string]struct {
		fresh, more fields // beside the trigger, and beside the results
		result      fields
		headers     []string
	}{
		"documented": {fresh: fields{"toolResults": []any{}}},
		"1.0":        {result: fields{"toolName": "get-time", "outputVariable": "TIME", "blockIndex": 0}},
		"2.0":        {more: fields{"executionId": "turn_1"}},
		"2.6": {
			more:   fields{"executionId": "turn_1"},
			result: fields{"thread": "main", "workerId": "w", "files": []any{fields{"id": "f", "mediaType": "text/plain", "url": "https://example.com/f"}}},
		},
		"4.0": {more: fields{"executionId": "turn_1"}, headers: []string{"X-Octavus-Sdk-Version", "4"}},
		"6.4": {
			fresh:   fields{"sender": fields{"id": "7", "name": "Ann"}, "dynamicToolSchemas": []any{}},
			more:    fields{"executionId": "turn_1", "sender": fields{"id": "7", "name": "Ann"}, "dynamicToolSchemas": []any{}},
			headers: []string{"X-Octavus-Sdk-Version", "4", "X-Octavus-Trace", "true"},
		},
	} {
		t.Run(generation, func(t *testing.T) {
			w := start(t)
			s := w.agentSession()
			body := saying("call tools get-time; confirm")
			for key, value := range c.fresh {
				body[key] = value
			}
			events, _ := fire(t, w, s, body, c.headers...)
			asked := calls(t, events)
			if len(asked) != 2 {
				t.Fatalf("calls %+v", asked)
			}
			result := fields{"toolCallId": asked[0].ToolCallID, "result": "12:00"}
			for key, value := range c.result {
				result[key] = value
			}
			again := saying("call tools get-time; confirm")
			for key, value := range c.more {
				again[key] = value
			}
			again["toolResults"] = []any{result, fields{"toolCallId": asked[1].ToolCallID}} // a handler that gave nothing
			events, text := fire(t, w, s, again, c.headers...)
			if text != `"12:00"; null` || events[0].ExecutionID != "turn_1" || events[len(events)-1].FinishReason != "stop" {
				t.Errorf("said %q in %+v", text, events)
			}
			if messages := w.shown(s, c.headers...); len(messages) != 2 || messages[0].Role != openapi.UIMessageRoleUser {
				t.Errorf("messages %+v", messages)
			}
		})
	}
}

// TestGenerationOfASender: who has fired a trigger is in the message.
func TestGenerationOfASender(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	body := saying("echo hello")
	body["sender"] = fields{"id": "7", "name": "Ann", "image": "https://example.com/ann.png"}
	fire(t, w, s, body)
	want := openapi.Sender{ID: "7", Name: "Ann", Image: "https://example.com/ann.png"}
	if messages := w.shown(s); messages[0].Sender != want || messages[1].Sender != (openapi.Sender{}) {
		t.Errorf("messages %+v", messages)
	}
}

// TestGenerationsOfACancelledCall: up to 3.x one cancelled part makes a client refuse the whole session.
func TestGenerationsOfACancelledCall(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	fire(t, w, s, saying("call tool confirm"))
	fire(t, w, s, saying("echo never mind"))
	for version, want := range map[string]string{"": "error", "3": "error", "four": "error", "4": "cancelled", "5": "cancelled"} {
		part := w.shown(s, "X-Octavus-Sdk-Version", version)[1].Parts[0]
		if part.Status != want || want == "error" && part.Error == "" {
			t.Errorf("%q: %+v", version, part)
		}
	}
}

// TestGenerationOfAStart: from 6.0 a session can be created by its first trigger; the key of a start names the session.
func TestGenerationOfAStart(t *testing.T) {
	w := start(t)
	body := fields{"agentId": "mock", "idempotencyKey": "k", "input": fields{"COMPANY": "Acme"}, "trigger": saying("count")}
	first := w.post("/api/agent-sessions/start", body.json(t)).want(200)
	events, _ := uiEvents(t, first.body)
	s := "/api/agent-sessions/" + first.header.Get("X-Octavus-Session-Id")
	if again := w.post("/api/agent-sessions/start", body.json(t)).want(200); again.header.Get("X-Octavus-Session-Id") != events[0].SessionID {
		t.Errorf("the key has another session: %v", again.header)
	}
	if messages := w.shown(s); messages[1].Parts[0].Text != "count=1" {
		t.Errorf("messages %+v", messages)
	}
}

// TestGenerationOfAContentType: all of them send one, with nothing behind it.
func TestGenerationOfAContentType(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	for _, path := range []string{s, s + "?format=ui", "/api/agents", "/api/agents/mock"} {
		w.get(path, "Content-Type", "application/json").want(200)
	}
	w.do("DELETE", s, "", "Content-Type", "application/json").want(200)
}
