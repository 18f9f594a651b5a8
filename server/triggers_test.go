package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
)

// fields are a JSON object.
type fields map[string]any

func (f fields) json(t testing.TB) string {
	t.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// saying is the body of a trigger.
func saying(text string) fields {
	return fields{"triggerName": "user-message", "input": fields{"USER_MESSAGE": text}}
}

// giving is the body that answers calls with what they gave: id, result, id, result.
func giving(idsAndResults ...any) fields {
	var list []fields
	for i := 0; i < len(idsAndResults); i += 2 {
		list = append(list, fields{"toolCallId": idsAndResults[i], "result": idsAndResults[i+1]})
	}
	return fields{"toolResults": list}
}

// trigger opens the stream that answers a trigger.
func (w *world) trigger(id string, body fields, headers ...string) *opened {
	w.t.Helper()
	return w.open("POST", "/v1/sessions/"+id+"/trigger", body.json(w.t), headers...)
}

// notTaken posts a trigger that is refused.
func (w *world) notTaken(id string, body fields, headers ...string) answer {
	w.t.Helper()
	return w.post("/v1/sessions/"+id+"/trigger", body.json(w.t), headers...)
}

// history is a session's whole log.
func (w *world) history(id string) []openapi.Event {
	w.t.Helper()
	return decodeAs[openapi.EventsResponse](w.t, w.get("/v1/sessions/"+id+"/events").want(200).body).Events
}

// say is the text of the message that was completed last.
func say(t testing.TB, events []openapi.Event) string {
	t.Helper()
	said := ""
	for _, e := range events {
		done, ok := e.Data.(openapi.ItemCompletedData)
		if !ok || done.Item.Kind != openapi.ItemKindMessage || *done.Item.Role != openapi.ItemRoleAssistant {
			continue
		}
		if text, ok := done.Item.Content[0].Part.(openapi.TextPart); ok {
			said = text.Text
		}
	}
	return said
}

// requested is the call that a stream has ended with.
func requested(t testing.TB, events []openapi.Event) openapi.ToolRequestedData {
	t.Helper()
	call, ok := events[len(events)-1].Data.(openapi.ToolRequestedData)
	if !ok {
		t.Fatalf("the stream ends without a call: %s", types(events))
	}
	return call
}

const (
	begins = "turn.started item.started item.completed " // and the user's item
	speaks = "item.started item.delta item.delta item.completed"
	ends   = " turn.ended"
)

func TestTriggerWords(t *testing.T) {
	w := start(t)
	w.session("s")
	for _, c := range []struct{ text, want, said string }{
		{"echo  hello  world", begins + speaks + ends, "hello  world"},
		{"count", begins + speaks + ends, "count=2"},
		{"think twice", begins + speaks + " " + speaks + ends, "twice"},
		{"resource a <b>", begins + "resource.updated " + speaks + ends, "NOTES=a <b>"},
		{"slow 2", begins + speaks + ends, "tick tick "},
		{"fail", begins + "error", ""},
		{"call tool nothing {}", begins + speaks + ends, "unknown tool: nothing"},
		{"call tool get-weather {}", begins + speaks + " tool.requested", ""},
		{"hello", begins + speaks + ends, "hello"},
		{"count", begins + speaks + ends, "count=10"},
	} {
		events := w.trigger("s", saying(c.text)).rest()
		if got := types(events); got != c.want || say(t, events) != c.said {
			t.Errorf("%q: %s, said %q\nwant %s, %q", c.text, got, say(t, events), c.want, c.said)
		}
	}
}

// TestTriggerIsInTheLog, with who has fired it; a message that says the same has its own script.
func TestTriggerIsInTheLog(t *testing.T) {
	w := start(t)
	w.session("s")
	body := saying("resource a <b>")
	body["sender"] = fields{"id": "7", "name": "Ann"}
	body["input"].(fields)["OTHER"] = fields{"list": []any{1, nil, "two"}}
	events := w.trigger("s", body).rest()
	trigger := events[0].Data.(openapi.TurnStartedData).Trigger
	if trigger.Name != "user-message" || trigger.Sender != (openapi.Sender{ID: "7", Name: "Ann"}) ||
		!sameJSON(t, []byte(fields(trigger.Input).json(t)), []byte(`{"USER_MESSAGE":"resource a <b>","OTHER":{"list":[1,null,"two"]}}`)) {
		t.Errorf("trigger %+v", trigger)
	}
	if user := events[2].Data.(openapi.ItemCompletedData).Item; user.Sender != trigger.Sender || *user.NativeItemID != "mock_1_user" {
		t.Errorf("the user's item is %+v", user)
	}
	if d := events[3].Data.(openapi.ResourceUpdatedData); d.Name != "NOTES" || !sameJSON(t, d.Value, []byte(`"a <b>"`)) {
		t.Errorf("resource %+v", d)
	}
	events = w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"count"}`).rest()
	if got := events[0].Data.(openapi.TurnStartedData).Trigger.Name; types(events) != echoTurn || got != "" {
		t.Errorf("a message has the trigger %q: %s", got, types(events))
	}
	if got := say(t, w.trigger("s", saying("count")).rest()); got != "count=3" {
		t.Errorf("after two triggers and a message: %s", got)
	}
	if types(w.history("s")[1:8]) != types(w.trigger("s", body, "Idempotency-Key", "k").rest()[:7]) {
		t.Error("the log and the stream differ")
	}
}

// TestResultAsItCame keeps the keys in their order, and numbers as they were written.
func TestResultAsItCame(t *testing.T) {
	w := start(t)
	w.session("s")
	w.trigger("s", saying("call tool get-weather")).rest()
	const result = `{"unit":"C","temperature":21.50,"at":12345678901234567890,"a":[{"z":null,"y":{}}]}`
	pretty := strings.ReplaceAll(result, ",", ",\n  ")
	body := `{"toolResults": [{"result": ` + pretty + `, "toolCallId": "mock_1_call_1"}]}`
	if got := say(t, w.open("POST", "/v1/sessions/s/trigger", body).rest()); got != result {
		t.Errorf("said %s, want %s", got, result)
	}
}

// TestToolRoundTrip ends a stream at the call, and goes on with the next POST.
func TestToolRoundTrip(t *testing.T) {
	for name, c := range map[string]struct {
		result fields
		said   string
		status openapi.ItemStatus
	}{
		"result":      {fields{"toolName": "get-weather", "result": fields{"temperature": 21.5, "text": "<sunny> & \u2028"}}, "{\"temperature\":21.5,\"text\":\"<sunny> & \\u2028\"}", "completed"},
		"list":        {fields{"result": []any{1, nil, "x"}}, `[1,null,"x"]`, "completed"},
		"large":       {fields{"result": 12345678901234567}, "12345678901234567", "completed"},
		"null":        {fields{"result": nil}, "null", "completed"},
		"nothing":     {fields{}, "null", "completed"},
		"both null":   {fields{"result": nil, "error": nil}, "null", "completed"},
		"no error":    {fields{"result": true, "error": ""}, "true", "completed"},
		"error blank": {fields{"error": " "}, "the tool failed", "failed"},
		"error":       {fields{"error": "no such city"}, "no such city", "failed"},
		"error first": {fields{"result": 1, "error": "no such city"}, "no such city", "failed"},
		"more fields": {fields{"result": 12, "outputVariable": "X", "blockIndex": 2, "thread": "main", "files": []any{}}, "12", "completed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.session("s")
			call := requested(t, w.trigger("s", saying(`call tool get-weather { "city": "Zürich" }`)).rest())
			if call.Name != "get-weather" || string(call.Arguments) != `{"city":"Zürich"}` || call.Source != openapi.ToolSourceLLM || call.ItemID == "" {
				t.Errorf("call %+v", call)
			}
			if info := decodeAs[openapi.SessionInfo](t, w.get("/v1/sessions/s").body); info.Status != openapi.SessionStatusWaiting || info.PendingRequests != 1 {
				t.Errorf("a session that waits is %+v", info)
			}
			c.result["toolCallId"] = call.ToolCallID
			events := w.trigger("s", fields{"toolResults": []any{c.result}}).rest()
			if got := types(events); got != "tool.resolved item.started item.completed "+speaks+ends || say(t, events) != c.said {
				t.Errorf("%s, said %q; want %q", got, say(t, events), c.said)
			}
			result := events[2].Data.(openapi.ItemCompletedData).Item
			if events[0].TurnID != "turn_1" || result.Status != c.status || result.ParentID == nil || *result.ParentID != call.ItemID {
				t.Errorf("the result is the item %+v", result)
			}
			if end := events[len(events)-1].Data.(openapi.TurnEndedData); end.Status != openapi.TurnStatusCompleted || end.TurnID != "turn_1" {
				t.Errorf("the turn ended %+v", end)
			}
		})
	}
}

// TestSeveralTools are open at once: the stream has them all, and results come together or one by one. While some are still
// missing, each stream ends again.
func TestSeveralTools(t *testing.T) {
	const text = `call tools get-weather {"a":1}; get-time; confirm {"sure":true}`
	const first, second, third = "mock_1_call_1", "mock_1_call_2", "mock_1_call_3"
	for name, give := range map[string]func(w *world) []openapi.Event{
		"together": func(w *world) []openapi.Event {
			return w.trigger("s", giving(third, false, first, fields{"t": 1}, second, "12:00")).rest()
		},
		"one by one": func(w *world) []openapi.Event {
			for id, result := range map[string]any{second: "12:00", third: false} {
				if got := types(w.trigger("s", giving(id, result)).rest()); got != openapi.EventToolResolved {
					w.t.Errorf("after one result: %s", got)
				}
			}
			return w.trigger("s", giving(first, fields{"t": 1})).rest()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.session("s")
			var calls []string
			for _, e := range w.trigger("s", saying(text)).rest() {
				if d, ok := e.Data.(openapi.ToolRequestedData); ok {
					calls = append(calls, d.ToolCallID+" "+d.Name+string(d.Arguments))
				}
			}
			if got := strings.Join(calls, "; "); got != first+` get-weather{"a":1}; `+second+` get-time{}; `+third+` confirm{"sure":true}` {
				t.Errorf("calls %s", got)
			}
			events := give(w)
			if got := say(t, events); got != `{"t":1}; "12:00"; false` || events[len(events)-1].Type() != openapi.EventTurnEnded {
				t.Errorf("%s, said %q", types(events), got)
			}
		})
	}
}

// TestChainedTools survive the end of the server between every call and its result.
func TestChainedTools(t *testing.T) {
	memory := storetest.NewMemory()
	shared := func(_ *Config, d *session.Config) { d.Store = memory }
	w := start(t, shared)
	w.session("s")
	events := w.trigger("s", saying(`chain get-time; confirm {"sure":true}; get-weather {}`)).rest()
	for i, name := range []string{"get-time", "confirm", "get-weather"} {
		call := requested(t, events)
		if call.Name != name || events[0].TurnID != "turn_1" {
			t.Fatalf("call %d is %+v", i, call)
		}
		w.stop()
		w = start(t, shared)
		body := giving(call.ToolCallID, i)
		body["executionId"] = "turn_1"
		events = w.trigger("s", body).rest()
	}
	if got := say(t, events); got != "0; 1; 2" {
		t.Errorf("said %q", got)
	}
	if got := say(t, w.trigger("s", saying("count")).rest()); got != "count=2" {
		t.Errorf("after three restarts: %s", got)
	}
	ids := map[string]bool{}
	for _, e := range w.history("s") {
		if d, ok := e.Data.(openapi.ItemStartedData); ok {
			ids[d.Item.ItemID] = true
		}
	}
	if len(ids) != 10 { // two of the user, three calls, three results, two texts
		t.Errorf("items %v", ids)
	}
}

// TestResultsForNothing are refused, all of them, and change nothing.
func TestResultsForNothing(t *testing.T) {
	w := start(t)
	w.session("s")
	w.session("other")
	none := w.notTaken("s", giving("mock_1_call_1", 1))
	none.refused(400, "invalid_request", "invalid request: no tool call waits for a result")
	log := w.open("GET", "/v1/sessions/s/events/sse", "")
	w.trigger("s", saying("call tools get-time; confirm")).rest()
	w.trigger("other", saying("hello")).rest()
	log.until(openapi.EventToolRequested)
	log.until(openapi.EventToolRequested)
	before := len(w.history("s"))
	with := func(body fields, execution string) fields { body["executionId"] = execution; return body }
	for _, c := range []struct {
		session, detail string
		body            fields
	}{
		{"s", "unknown tool call id: other", giving("other", 1)},
		{"s", "unknown tool call id: other", giving("mock_1_call_1", 1, "other", 2)},
		{"s", "unknown tool call id: mock_1_call_1", giving("mock_1_call_1", 1, "mock_1_call_1", 2)},
		{"s", "unknown execution id: turn_2", with(giving("mock_1_call_1", 1), "turn_2")},
		{"other", "no tool call waits for a result", giving("mock_1_call_1", 1)},
	} {
		w.notTaken(c.session, c.body).refused(400, "invalid_request", "invalid request: "+c.detail)
	}
	for _, raw := range []string{
		`{"toolResults":[{"toolCallId":"mock_1_call_1","result":{]}`, `{"toolResults":[{"toolCallId":"mock_1_call_1","result":oops}]}`,
		`{"toolResults":[{"toolCallId":"mock_1_call_1","result":1}]} and more`,
	} {
		if p := decodeAs[openapi.Problem](t, w.post("/v1/sessions/s/trigger", raw).want(400).body); !strings.Contains(p.Detail, "not JSON") {
			t.Errorf("%s: %s", raw, p.Detail)
		}
	}
	if after := len(w.history("s")); after != before {
		t.Errorf("%d events, %d before the refusals", after, before)
	}
	w.trigger("s", giving("mock_1_call_1", 1)).until(openapi.EventToolResolved)
	w.notTaken("s", giving("mock_1_call_1", 2)).refused(400, "invalid_request", "invalid request: unknown tool call id: mock_1_call_1")
	if got := say(t, w.trigger("s", giving("mock_1_call_2", 2)).rest()); got != "1; 2" {
		t.Errorf("said %q", got)
	}
	w.notTaken("s", giving("mock_1_call_2", 2)).refused(400, "invalid_request", "invalid request: no tool call waits for a result")
}

// TestTriggerWaits while a turn runs; its stream shows its own turn.
func TestTriggerWaits(t *testing.T) {
	w := start(t)
	w.session("s")
	w.post("/v1/sessions/s/messages", `{"message":"slow 1000 100"}`).want(204)
	first, second := w.trigger("s", saying("count")), w.trigger("s", saying("call tool confirm"))
	w.post("/v1/sessions/s/messages", hello).want(204)
	w.post("/v1/sessions/s/interrupt", "").want(204)
	events := first.rest()
	if got := types(events); got != begins+speaks+ends || say(t, events) != "count=2" || events[0].TurnID != "turn_2" {
		t.Errorf("%s, said %q", got, say(t, events))
	}
	call := requested(t, second.until(openapi.EventToolRequested))
	// The message that waits behind the call does not wait for its result.
	log := w.open("GET", "/v1/sessions/s/events/sse", "")
	for range 4 {
		log.until(openapi.EventTurnEnded)
	}
	w.notTaken("s", giving(call.ToolCallID, 1)).refused(400, "invalid_request", "invalid request: no tool call waits for a result")
}

// TestNewTriggerGivesUpCalls: the turn that waited ends, and its results come too late.
func TestNewTriggerGivesUpCalls(t *testing.T) {
	w := start(t)
	w.session("s")
	call := requested(t, w.trigger("s", saying("call tool confirm")).rest())
	events := w.trigger("s", saying("hello")).rest()
	if got := types(events); got != begins+speaks+ends || events[0].TurnID != "turn_2" {
		t.Errorf("%s of %s", got, events[0].TurnID)
	}
	w.notTaken("s", giving(call.ToolCallID, 1)).want(400)
	var resolved openapi.ToolResolvedData
	var ended []openapi.TurnStatus
	for _, e := range w.history("s") {
		switch d := e.Data.(type) {
		case openapi.ToolResolvedData:
			resolved = d
		case openapi.TurnEndedData:
			ended = append(ended, d.Status)
		}
	}
	if resolved.ToolCallID != call.ToolCallID || resolved.Status != openapi.ToolStatusCancelled || fmt.Sprint(ended) != "[interrupted completed]" {
		t.Errorf("resolved %+v, ended %v", resolved, ended)
	}
}

// TestEndOfATurnThatWaits, by an interrupt and by the session's end: a stream that waits for results ends with it.
func TestEndOfATurnThatWaits(t *testing.T) {
	for path, want := range map[string]string{
		"interrupt": "tool.resolved turn.ended", "terminate": "tool.resolved turn.ended session.ended",
	} {
		w := start(t)
		w.session("s")
		log := w.open("GET", "/v1/sessions/s/events/sse", "")
		w.trigger("s", saying("call tools get-time; confirm")).rest()
		log.until(openapi.EventToolRequested)
		log.until(openapi.EventToolRequested)
		stream := w.trigger("s", giving("mock_1_call_1", 1))
		stream.until(openapi.EventToolResolved)
		w.post("/v1/sessions/s/"+path, "").want(204)
		if got := types(stream.rest()); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestSlowTriggerStops when it is interrupted, and not when its client leaves.
func TestSlowTriggerStops(t *testing.T) {
	w := start(t)
	w.session("s")
	stream := w.trigger("s", saying("slow 1000"))
	stream.until(openapi.EventItemDelta)
	stream.close()
	log := w.open("GET", "/v1/sessions/s/events/sse", "")
	for range 3 {
		log.until(openapi.EventItemDelta)
	}
	w.post("/v1/sessions/s/interrupt", "").want(204)
	events := log.until(openapi.EventTurnEnded)
	if end := events[len(events)-1].Data.(openapi.TurnEndedData); end.Status != openapi.TurnStatusInterrupted {
		t.Errorf("the turn ended %+v", end)
	}
}

// TestTriggerRefusals have no effect.
func TestTriggerRefusals(t *testing.T) {
	w := start(t)
	w.session("s")
	also := func(key string, value any) fields { body := saying("hello"); body[key] = value; return body }
	for _, c := range []struct {
		detail string
		body   fields
	}{
		{"triggerName: is missing", fields{}},
		{"triggerName: is missing", fields{"toolResults": []any{}}},
		{"triggerName: is missing", fields{"triggerName": nil, "executionId": "turn_1"}},
		{"triggerName: unknown trigger: other", fields{"triggerName": "other", "input": fields{"USER_MESSAGE": "x"}}},
		{"input/USER_MESSAGE: a text is required", fields{"triggerName": "user-message"}},
		{"input/USER_MESSAGE: a text is required", fields{"triggerName": "user-message", "input": fields{"USER_MESSAGE": 7}}},
		{"input/USER_MESSAGE: a text is required", saying(" \n ")},
		{"dynamicToolSchemas: not supported by this server", also("dynamicToolSchemas", []any{fields{"name": "x"}})},
		{"rollbackAfterMessageId: not supported by agent mock", also("rollbackAfterMessageId", "itm_1")},
		{"rollbackAfterMessageId: not supported by agent mock", also("rollbackAfterMessageId", nil)},
	} {
		w.notTaken("s", c.body).refused(400, "invalid_request", "invalid request: "+c.detail)
	}
	for pointer, body := range map[string]fields{
		"/triggerName":              {"triggerName": 7},
		"/input":                    also("input", []any{}),
		"/toolResults":              {"toolResults": fields{}},
		"/toolResults/0":            {"toolResults": []any{"mock_1_call_1"}},
		"/toolResults/0/toolCallId": {"toolResults": []any{fields{"result": 1}}},
		"/toolResults/1/error":      {"toolResults": []any{fields{"toolCallId": "x"}, fields{"toolCallId": "y", "error": fields{}}}},
		"/executionId":              {"executionId": 1},
		"/sender":                   also("sender", "Ann"),
		"/sender/name":              also("sender", fields{"name": 7}),
		"/rollbackAfterMessageId":   also("rollbackAfterMessageId", 7),
		"/dynamicToolSchemas/0":     also("dynamicToolSchemas", []any{1}),
	} {
		p := decodeAs[openapi.Problem](t, w.notTaken("s", body).want(400).body)
		if len(p.Errors) != 1 || p.Errors[0].Pointer != pointer {
			t.Errorf("%s: refused %+v", pointer, p)
		}
	}
	w.post("/v1/sessions/s/trigger", "").want(400)
	w.post("/v1/sessions/s/trigger", saying("hello").json(t), "Content-Type", "-", "Content-Type", "text/plain").want(415)
	w.notTaken("nobody", saying("hello")).want(404)
	w.notTaken("nobody", giving("x", 1)).want(404)
	if log := w.history("s"); len(log) != 1 {
		t.Errorf("the refusals left %s", types(log))
	}
	w.post("/v1/sessions/s/terminate", "").want(204)
	w.notTaken("s", saying("hello")).refused(400, "invalid_request", "invalid request: session terminated")
	w.notTaken("s", giving("x", 1)).refused(400, "invalid_request", "invalid request: session terminated")
}

// TestTriggerOfAnyAgent: who has no triggers of its own takes a user's message.
func TestTriggerOfAnyAgent(t *testing.T) {
	w := start(t)
	w.post("/v1/sessions/p", `{"agent":"plain"}`).want(200)
	w.notTaken("p", fields{"triggerName": "other"}).refused(400, "invalid_request", "invalid request: unknown trigger: other")
	w.notTaken("p", saying(" ")).refused(400, "invalid_request", "invalid request: input/USER_MESSAGE: a text is required")
	if got := types(w.trigger("p", saying("hello")).rest()); got != begins+"error" { // it has no program
		t.Errorf("got %s", got)
	}
}

// TestHarmlessTriggerFields are what clients send along: no tools, no schemas, nulls.
func TestHarmlessTriggerFields(t *testing.T) {
	w := start(t)
	w.session("s")
	body := saying("hello")
	for _, key := range []string{"toolResults", "dynamicToolSchemas"} {
		body[key] = []any{}
	}
	for _, key := range []string{"executionId", "sender"} {
		body[key] = nil
	}
	body["unknown"] = 1
	if got := types(w.trigger("s", body).rest()); got != begins+speaks+ends {
		t.Errorf("got %s", got)
	}
}

// TestRepeatedTrigger under its key is heard once, and its stream is shown again.
func TestRepeatedTrigger(t *testing.T) {
	w := start(t)
	w.session("s")
	const key = "Idempotency-Key"
	first := w.trigger("s", saying("call tool confirm"), key, "k").rest()
	again := w.trigger("s", saying("call tool confirm"), key, "k").rest()
	if sequences(first) != sequences(again) || requested(t, again).ToolCallID != "mock_1_call_1" {
		t.Errorf("first %s, again %s", sequences(first), sequences(again))
	}
	w.notTaken("s", saying("other"), key, "k").refused(422, "idempotency_conflict", "idempotency conflict: key was used with another body")
	done := w.trigger("s", giving("mock_1_call_1", 1), key, "r").rest()
	again = w.trigger("s", giving("mock_1_call_1", 1), key, "r").rest()
	if sequences(done) != sequences(again) || say(t, again) != "1" {
		t.Errorf("first %s, again %s", sequences(done), sequences(again))
	}
	w.notTaken("s", giving("mock_1_call_1", 2), key, "r").want(422)
	w.notTaken("s", giving("mock_1_call_1", 1), key, "k").want(422)
	w.notTaken("s", saying("call tool confirm"), key, "r").want(422)
	w.notTaken("s", saying("fail "), key, "k").want(422)
	if got, want := len(w.history("s")), 1+len(first)+len(done); got != want {
		t.Errorf("%d events, want %d", got, want)
	}
}

// TestLargeResult takes what fits into a body.
func TestLargeResult(t *testing.T) {
	w := start(t)
	w.session("s")
	w.trigger("s", saying("call tool get-weather")).rest()
	w.notTaken("s", giving("mock_1_call_1", strings.Repeat("x", 2<<20))).want(413)
	large := strings.Repeat("é", 1<<19) // 1 MiB
	events := w.trigger("s", giving("mock_1_call_1", large)).rest()
	if got := say(t, events); got != `"`+large+`"` {
		t.Errorf("said %d bytes: %.100s", len(got), got)
	}
}

// TestWaitingTriggersAreLimited as messages are.
func TestWaitingTriggersAreLimited(t *testing.T) {
	w := start(t, func(_ *Config, d *session.Config) { d.Queue = 1 })
	w.session("s")
	w.post("/v1/sessions/s/messages", `{"message":"slow 1000 100"}`).want(204)
	w.trigger("s", saying("hello"))
	w.notTaken("s", saying("hello")).refused(429, "limit_exceeded", "limit exceeded: too many messages wait")
}
