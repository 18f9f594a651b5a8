package server

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// agentSession creates a session of the agent-sessions family with the mock agent.
func (w *world) agentSession() string {
	w.t.Helper()
	a := w.post("/api/agent-sessions", `{"agentId":"mock","input":{"COMPANY":"Acme"}}`).want(200)
	return "/api/agent-sessions/" + decodeAs[openapi.AgentSessionCreated](w.t, a.body).SessionID
}

// uiEvents are the UI events of a stream, each as its type and what it says in short.
func uiEvents(t *testing.T, body []byte) (events []openapi.UIEvent, lines []string) {
	t.Helper()
	done := false
	for line := range strings.Lines(string(body)) {
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !ok {
			continue
		}
		if done {
			t.Errorf("after the end: %s", data)
		}
		if done = data == "[DONE]"; done {
			continue
		}
		if strings.Contains(data, `":null`) && !strings.Contains(data, `"value":null`) {
			t.Errorf("a null: %s", data)
		}
		e := decodeAs[openapi.UIEvent](t, []byte(data))
		events = append(events, e)
		lines = append(lines, strings.Join(strings.Fields(e.Type+" "+e.Delta+" "+e.ToolName+" "+e.FinishReason+" "+e.Name), " "))
	}
	if !done {
		t.Errorf("the stream has no end:\n%s", body)
	}
	return events, lines
}

func userMessage(text string) string {
	return fmt.Sprintf(`{"triggerName":"user-message","input":{"USER_MESSAGE":%q}}`, text)
}

func TestAgentSessionText(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	a := w.post(s+"/trigger", userMessage("echo Hello there")).want(200)
	events, lines := uiEvents(t, a.body)
	text := ""
	for _, e := range events {
		if e.Type == openapi.UITextDelta {
			text += e.Delta
		}
	}
	if text != "Hello there" || lines[0] != "start" || lines[len(lines)-1] != "finish stop" {
		t.Errorf("%q in\n%s", text, strings.Join(lines, "\n"))
	}
	ui := decodeAs[openapi.AgentSession](t, w.get(s+"?format=ui").want(200).body)
	if len(*ui.Messages) != 2 || (*ui.Messages)[0].Parts[0].Text != "echo Hello there" || (*ui.Messages)[1].Parts[0].Text != "Hello there" {
		t.Errorf("got %+v", ui.Messages)
	}
	if got := string(w.get(s).want(200).body); !strings.Contains(got, `"COMPANY":"Acme"`) || !strings.Contains(got, `"content":"Hello there"`) {
		t.Errorf("got %s", got)
	}
	if logs := decodeAs[openapi.AgentSessionLogs](t, w.get(s+"/logs").want(200).body); len(*logs.Entries) < 5 || logs.Total != int64(len(*logs.Entries)) {
		t.Errorf("got %+v", logs)
	}
	w.get(s + "/stream").want(204)
}

// Tools that the client executes: one leg for each request, and each goes on where the one before ended.
func TestAgentSessionTools(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	a := w.post(s+"/trigger", userMessage(`call tools get-weather {"city":"Rome"}; get-time {}`)).want(200)
	events, lines := uiEvents(t, a.body)
	var request openapi.UIEvent
	for _, e := range events {
		if e.Type == openapi.UIToolRequest {
			request = e
		}
	}
	if len(request.ToolCalls) != 2 || request.ToolCalls[0].ToolName != "get-weather" || lines[len(lines)-1] != "finish tool-calls" {
		t.Fatalf("got\n%s", strings.Join(lines, "\n"))
	}
	results := fmt.Sprintf(`{"executionId":%q,"toolResults":[{"toolCallId":%q,"result":{"degrees":21}},{"toolCallId":%q,"error":"no clock"}]}`,
		events[0].ExecutionID, request.ToolCalls[0].ToolCallID, request.ToolCalls[1].ToolCallID)
	a = w.post(s+"/trigger", results).want(200)
	events, lines = uiEvents(t, a.body)
	text := ""
	for _, e := range events {
		text += e.Delta
		if strings.HasPrefix(e.Type, "tool-output") {
			t.Errorf("the client makes %s itself", e.Type)
		}
	}
	if !strings.Contains(text, `"degrees":21`) || !strings.Contains(text, "no clock") || lines[len(lines)-1] != "finish stop" {
		t.Errorf("%q in\n%s", text, strings.Join(lines, "\n"))
	}
	w.post(s+"/trigger", results).refused(400, "invalid_request", "invalid request: no tool call waits for a result")
}

func TestAgentSessionBusy(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	id := strings.TrimPrefix(s, "/api/agent-sessions/")
	w.post("/v1/sessions/"+id+"/trigger", userMessage("call tool confirm {}")).want(200) // a turn that waits is no busy one
	o := w.open("POST", s+"/trigger", userMessage("slow 50"))
	if _, err, ok := o.next(); err != nil || !ok {
		t.Fatal("no answer", err)
	}
	a := w.post(s+"/trigger", userMessage("echo x"))
	if p := decodeAs[openapi.Problem](t, a.want(429).body); p.Code != "SESSION_BUSY" || a.header.Get("Retry-After") == "" {
		t.Errorf("got %s", a.body)
	}
	w.post("/v1/sessions/"+id+"/interrupt", "").want(204)
	for frame, err, ok := o.next(); ok && frame.Data != "[DONE]"; frame, err, ok = o.next() {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.post(s+"/trigger", userMessage("echo x")).want(200)
}

func TestAgentSessionExpires(t *testing.T) {
	clock := time.Now()
	w := start(t, func(_ *Config, c *session.Config) { c.Now = func() time.Time { return clock } })
	s := w.agentSession()
	w.post(s+"/trigger", userMessage("echo x")).want(200)
	w.post(s+"/restore", `{"messages":[]}`).want(200)
	expired := func() bool {
		return decodeAs[openapi.AgentSession](t, w.get(s).want(200).body).Status == openapi.AgentSessionStatusExpired
	}
	if expired() {
		t.Fatal("expired at once")
	}
	for range 2 {
		w.do("DELETE", s, "").want(200)
	}
	if !expired() {
		t.Fatal("not cleared")
	}
	if logs := decodeAs[openapi.AgentSessionLogs](t, w.get(s+"/logs").want(200).body); logs.AgentID != "mock" || logs.CreatedAt == "" || logs.Entries != nil {
		t.Errorf("got %+v", logs)
	}
	restore := `{"messages":[{"id":"m","role":"user","parts":[{"type":"text","text":"kept","status":"done"}],"status":"done","createdAt":"2026-01-02T15:04:05Z"}]}`
	if got := decodeAs[openapi.AgentSessionRestored](t, w.post(s+"/restore", restore).want(200).body); !got.Restored {
		t.Error("not restored")
	}
	if got := decodeAs[openapi.AgentSessionRestored](t, w.post(s+"/restore", restore).want(200).body); got.Restored {
		t.Error("restored twice")
	}
	ui := decodeAs[openapi.AgentSession](t, w.get(s+"?format=ui").want(200).body)
	if len(*ui.Messages) != 1 || (*ui.Messages)[0].Parts[0].Text != "kept" {
		t.Errorf("got %+v", ui.Messages)
	}
	clock = clock.Add(25 * time.Hour)
	if !expired() {
		t.Error("a day is not long enough")
	}
	id := strings.TrimPrefix(s, "/api/agent-sessions/")
	if info := decodeAs[openapi.SessionInfo](t, w.get("/v1/sessions/"+id).want(200).body); info.Ended || info.Status != openapi.SessionStatusIdle {
		t.Errorf("got %+v", info)
	}
}

func TestAgentSessionStart(t *testing.T) {
	w := start(t)
	body := `{"agentId":"mock","idempotencyKey":"k","trigger":` + userMessage("echo hi") + `}`
	a := w.post("/api/agent-sessions/start", body).want(200)
	events, _ := uiEvents(t, a.body)
	if id := a.header.Get("X-Octavus-Session-Id"); id == "" || events[0].SessionID != id {
		t.Errorf("the session is %q, the first event says %q", id, events[0].SessionID)
	}
}

// A start that is refused leaves nothing: neither a session nor its key.
func TestAgentSessionStartRefused(t *testing.T) {
	w := start(t)
	for _, trigger := range []string{
		`{}`, `{"triggerName":"nope"}`, `{"triggerName":"user-message","input":{}}`,
		`{"triggerName":"user-message","input":{"USER_MESSAGE":"hi"},"toolResults":[{"toolCallId":"x","result":1}]}`,
		`{"triggerName":"user-message","input":{"USER_MESSAGE":"hi"},"dynamicToolSchemas":[{}]}`,
		`{"triggerName":"user-message","input":{"USER_MESSAGE":"hi"},"rollbackAfterMessageId":null}`,
	} {
		w.post("/api/agent-sessions/start", `{"agentId":"mock","idempotencyKey":"k","trigger":`+trigger+`}`).want(400)
	}
	if list := decodeAs[openapi.SessionListResponse](t, w.get("/v1/sessions").want(200).body); len(list.Sessions) != 0 {
		t.Errorf("there are %+v", list.Sessions)
	}
	w.post("/api/agent-sessions/start", `{"agentId":"mock","idempotencyKey":"k","trigger":`+userMessage("echo hi")+`}`).want(200)
}

// A start that is repeated under its key gives the first one's stream once more, also when the session has gone on meanwhile.
func TestAgentSessionStartsOnce(t *testing.T) {
	w := start(t)
	starting := func(word string) string {
		return `{"agentId":"mock","idempotencyKey":"k","trigger":` + userMessage(word) + `}`
	}
	first := w.post("/api/agent-sessions/start", starting("call tool confirm {}")).want(200)
	again := w.post("/api/agent-sessions/start", starting("call tool confirm {}")).want(200)
	if !bytes.Equal(again.body, first.body) {
		t.Errorf("first\n%s\nagain\n%s", first.body, again.body)
	}
	w.post("/api/agent-sessions/start", starting("echo other")).refused(422, "idempotency_conflict", "idempotency conflict: key was used with another body")
	id := first.header.Get("X-Octavus-Session-Id")
	s := "/api/agent-sessions/" + id
	w.post(s+"/trigger", userMessage("call tool get-time {}")).want(200) // gives up the first run
	over := w.post("/api/agent-sessions/start", starting("call tool confirm {}")).want(200)
	if _, lines := uiEvents(t, over.body); !slices.Contains(lines, "tool-output-error") || lines[len(lines)-1] != "finish stop" {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
	if got := types(w.history(id)); strings.Count(got, "turn.started") != 2 {
		t.Errorf("the session has %s", got)
	}
}

func TestAgentSessionAISDK(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	a := w.post(s+"/trigger?stream=ai-sdk", userMessage("think hard")).want(200)
	if a.header.Get("X-Vercel-Ai-Ui-Message-Stream") != "v1" || !strings.Contains(string(a.body), `"type":"start-step"`) || strings.Contains(string(a.body), "block-start") {
		t.Errorf("got %v\n%s", a.header, a.body)
	}
	a = w.post(s+"/chat", `{"id":"c","trigger":"submit-message","messages":[{"id":"u","role":"user","parts":[{"type":"text","text":"echo chat"}]}]}`).want(200)
	if !strings.Contains(string(a.body), `"type":"text-delta"`) || !strings.HasSuffix(string(a.body), "data: [DONE]\n\n") {
		t.Errorf("got %s", a.body)
	}
	w.get(s + "/chat/a%2Fpage/stream").want(204)
	w.post(s+"/chat", `{"messages":[]}`).want(400)
	w.post("/api/agent-sessions/new-chat/chat", `{"agentId":"mock","messages":[{"role":"user","parts":[{"type":"text","text":"echo chat"}]}]}`).want(200)
}

// Of a useChat message the results of the last step are taken, and none of the agent's own tools.
func TestChatResults(t *testing.T) {
	req, err := chatTrigger([]openapi.Values{{"role": "user"}, {"role": "assistant", "parts": []any{
		map[string]any{"type": "dynamic-tool", "toolCallId": "old", "state": "output-available", "output": 1},
		map[string]any{"type": "step-start"},
		map[string]any{"type": "dynamic-tool", "toolCallId": "own", "state": "output-available", "output": 2, "providerExecuted": true},
		map[string]any{"type": "dynamic-tool", "toolCallId": "good", "state": "output-available", "output": 3},
		map[string]any{"type": "dynamic-tool", "toolCallId": "bad", "state": "output-error", "errorText": "no"},
		map[string]any{"type": "dynamic-tool", "toolCallId": "open", "state": "input-available"},
	}}})
	if err != nil || len(req.ToolResults) != 2 {
		t.Fatalf("got %+v, %v", req, err)
	}
	if good, bad := req.ToolResults[0], req.ToolResults[1]; good.ToolCallID != "good" || string(good.Result) != "3" || bad.ToolCallID != "bad" || *bad.Error != "no" {
		t.Errorf("got %+v", req.ToolResults)
	}
	if _, err := chatTrigger([]openapi.Values{{"role": "assistant"}}); err == nil {
		t.Error("an answer without results is no trigger")
	}
}

func TestAgentSessionRefusals(t *testing.T) {
	w := start(t)
	s := w.agentSession()
	w.post("/api/agent-sessions", `{"agentId":"nobody"}`).refused(404, "agent_not_found", "agent not found: nobody")
	w.post("/api/agent-sessions", `{"agentId":"plain","input":{"odd":1}}`).want(400)
	w.get("/api/agent-sessions/nothing").want(404)
	w.post(s+"/trigger", `{}`).refused(400, "invalid_request", "invalid request: triggerName: is missing")
	w.post(s+"/trigger", `{"triggerName":"other"}`).want(400)
	w.post(s+"/trigger", `{"triggerName":"user-message","dynamicToolSchemas":[{}]}`).want(400)
	w.post("/api/agents/validate", `{"settings":{"slug":"a","name":"A","format":"interactive"},"protocol":"","prompts":[]}`).want(400)
	w.get("/api/agents/nobody").want(404)
	if list := decodeAs[openapi.AgentDefinitionList](t, w.get("/api/agents").want(200).body); list.Agents[0].ID != "mock" || list.Agents[0].ProjectID == "" {
		t.Errorf("got %+v", list)
	}
}

// A run whose client leaves and does not come back is interrupted; what it has said is kept. Over /v1 it would go on.
func TestAgentSessionClientLeaves(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.agentSession()
	id := strings.TrimPrefix(s, "/api/agent-sessions/")
	o := w.open("POST", s+"/trigger", userMessage("slow 500"))
	if _, err, ok := o.next(); err != nil || !ok {
		t.Fatal("no answer", err)
	}
	o.close()
	back := w.open("GET", s+"/stream", "") // it comes back in time, and sees the run from its beginning
	for range 3 {
		if _, err, ok := back.next(); err != nil || !ok {
			t.Fatal("no answer", err)
		}
	}
	back.close()
	events := w.open("GET", "/v1/sessions/"+id+"/events/sse", "").until(openapi.EventTurnEnded)
	if end := events[len(events)-1].Data.(openapi.TurnEndedData); end.Status != openapi.TurnStatusInterrupted {
		t.Errorf("got %+v", end)
	}
	ui := decodeAs[openapi.AgentSession](t, w.get(s+"?format=ui").want(200).body)
	if len(*ui.Messages) != 2 || !strings.HasPrefix((*ui.Messages)[1].Parts[0].Text, "tick ") {
		t.Errorf("got %+v", ui.Messages)
	}
}
