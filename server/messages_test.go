package server

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

const hello = `{"message":"hello"}`

func TestMessageStream(t *testing.T) {
	for message, want := range map[string]string{
		"hello":      echoTurn,
		"   ":        "turn.started turn.ended",
		"end":        "turn.started item.started item.completed session.ended",
		"error":      "turn.started item.started item.completed error",
		"unparsed":   "turn.started item.started item.completed agent.unparsed",
		"permission": "turn.started item.started item.completed permission.requested",
		"question":   "turn.started item.started item.completed question.requested",
	} {
		w := start(t)
		w.session("s")
		for range 2 { // nothing of the turn before is in the next one
			events := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"`+message+`"}`).rest()
			if got := types(events); got != want {
				t.Errorf("%q: %s\nwant %s", message, got, want)
			}
			if message == "permission" || message == "question" {
				break
			}
		}
	}
}

// TestQueuedStream shows a message its own turn and nothing of the one that it waits for.
func TestQueuedStream(t *testing.T) {
	w := start(t)
	w.session("s")
	w.post("/v1/sessions/s/messages", `{"message":"slow 10 20"}`).want(204)
	first := w.open("POST", "/v1/sessions/s/messages/stream", hello)
	second := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"again"}`)
	for i, stream := range []*opened{first, second} {
		events := stream.rest()
		if got := types(events); got != echoTurn {
			t.Errorf("stream %d: %s", i+2, got)
		}
		for _, e := range events {
			if want := "turn_" + decimal(uint64(i+2)); e.TurnID != want {
				t.Errorf("%s of %s in the stream of %s", e.Type(), e.TurnID, want)
			}
		}
	}
}

// TestQueuedBehindRequest sees messages that are queued while its own turn runs, and does not show them.
func TestNoForeignEvents(t *testing.T) {
	w := start(t)
	w.session("s")
	stream := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 30 10"}`)
	stream.until("item.delta")
	w.post("/v1/sessions/s/messages", hello).want(204)
	if got := types(stream.rest()); strings.Contains(got, "message.queued") || !strings.HasSuffix(got, "turn.ended") {
		t.Error(got)
	}
}

// TestQueuedBehindEnd waits through an end of the session that the agent says and that is not final.
func TestQueuedBehindEnd(t *testing.T) {
	w := start(t)
	w.session("s")
	w.post("/v1/sessions/s/messages", `{"message":"permission"}`).want(204)
	w.open("GET", "/v1/sessions/s/events/sse", "").until("permission.requested")
	end := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"end"}`)
	after := w.open("POST", "/v1/sessions/s/messages/stream", hello)
	w.post("/v1/sessions/s/interrupt", "").want(204)
	if got := types(end.rest()); !strings.HasSuffix(got, "session.ended") || !strings.HasPrefix(got, "turn.started") {
		t.Errorf("the turn that ends the session: %s", got)
	}
	if got := types(after.rest()); got != echoTurn {
		t.Errorf("the turn after it: %s", got)
	}
}

// TestTerminatedBeforeItsTurn drops a waiting message.
func TestTerminatedBeforeItsTurn(t *testing.T) {
	w := start(t)
	w.session("s")
	running := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 1000 100"}`)
	running.until("item.delta")
	waiting := w.open("POST", "/v1/sessions/s/messages/stream", hello)
	w.post("/v1/sessions/s/terminate", "").want(204)
	if got := types(waiting.rest()); got != "session.ended" {
		t.Errorf("the stream that waited: %s", got)
	}
	running.rest()
}

// TestReplay repeats a stream under its key.
func TestReplay(t *testing.T) {
	w := start(t)
	w.session("s")
	const path = "/v1/sessions/s/messages/stream"
	first := w.open("POST", path, hello, "Idempotency-Key", "k").rest()
	w.said("s", "another")
	again := w.open("POST", path, `{ "message" : "hello", "unknown": 1 }`, "Idempotency-Key", "k").rest()
	if sequences(first) != sequences(again) || types(first) != echoTurn {
		t.Errorf("first %s, again %s", sequences(first), sequences(again))
	}
	w.post("/v1/sessions/s/messages", hello, "Idempotency-Key", "k").want(204)
	w.post(path, `{"message":"other"}`, "Idempotency-Key", "k").
		refused(422, "idempotency_conflict", "idempotency conflict: key was used with another body")
	if got := decodeAs[openapi.SessionInfo](t, w.get("/v1/sessions/s").body).EventCount; got != 15 {
		t.Errorf("%d events after a repeated message", got)
	}
	w.post("/v1/sessions/t", `{"agent":"mock"}`, "Idempotency-Key", "c").want(200)
	w.post("/v1/sessions/t", `{"agent":"mock"}`, "Idempotency-Key", "c").want(200)
	w.post("/v1/sessions/t", `{"agent":"mock"}`).want(409)
}

// TestReplies answers each request once.
func TestReplies(t *testing.T) {
	w := start(t)
	w.session("s")
	w.session("other")
	ask := func(message, kind string) []openapi.Event {
		t.Helper()
		w.post("/v1/sessions/s/messages", `{"message":"`+message+`"}`).want(204)
		stream := w.open("GET", "/v1/sessions/s/events/sse", "")
		defer stream.close()
		events := stream.until(kind)
		return append(events, stream.until(kind)...)
	}
	events := ask("permission", "permission.requested")
	id := events[len(events)-1].Data.(openapi.PermissionRequestedData).PermissionID
	list := decodeAs[openapi.PermissionListResponse](t, w.get("/v1/sessions/s/permissions").want(200).body)
	if len(list.Permissions) != 2 || list.Permissions[1].Permission.PermissionID != id {
		t.Errorf("permissions %v", list)
	}
	if all := decodeAs[openapi.PendingResponse](t, w.get("/v1/pending").want(200).body); len(all.Permissions) != 2 || len(all.Questions) != 0 {
		t.Errorf("pending %v", all)
	}
	reply := "/permissions/" + id + "/reply"
	w.post("/v1/sessions/other"+reply, `{"reply":"once"}`).refused(400, "invalid_request", "invalid request: unknown permission id: "+id)
	w.post("/v1/sessions/s"+reply, `{"reply":"once"}`, "Idempotency-Key", "r").want(204)
	w.post("/v1/sessions/s"+reply, `{"reply":"once"}`, "Idempotency-Key", "r").want(204)
	w.post("/v1/sessions/s"+reply, `{"reply":"once"}`).refused(400, "invalid_request", "invalid request: unknown permission id: "+id)
	w.post("/v1/sessions/s/interrupt", "").want(204)
	w.open("GET", "/v1/sessions/s/events/sse", "").until("turn.ended")

	events = ask("question", "question.requested")
	first, second := "", ""
	for _, e := range events {
		if q, ok := e.Data.(openapi.QuestionRequestedData); ok {
			first, second = second, q.QuestionID
		}
	}
	if list := decodeAs[openapi.QuestionListResponse](t, w.get("/v1/sessions/s/questions").want(200).body); len(list.Questions) != 2 {
		t.Errorf("questions %v", list)
	}
	w.post("/v1/sessions/s/questions/"+first+"/reply", `{"answers":[["Blue"]]}`).want(204)
	w.post("/v1/sessions/s/questions/"+first+"/reply", `{"answers":[["Blue"]]}`).refused(400, "invalid_request", "invalid request: unknown question id: "+first)
	w.post("/v1/sessions/s/questions/"+second+"/reject", "").want(204)
	w.post("/v1/sessions/s/questions/"+second+"/reject", "").want(400)
	w.open("GET", "/v1/sessions/s/events/sse?offset="+decimal(events[len(events)-1].Sequence), "").until("turn.ended")
}

func TestSessions(t *testing.T) {
	w := start(t)
	created := decodeAs[openapi.CreateSessionResponse](t, w.post("/v1/sessions/a", `{"agent":"mock","title":"first","directory":"/"}`).want(200).body)
	if !created.Healthy || created.NativeSessionID != "mock-a" {
		t.Errorf("created %v", created)
	}
	w.session("b")
	w.session("c")
	list := decodeAs[openapi.SessionListResponse](t, w.get("/v1/sessions?limit=2").want(200).body)
	if len(list.Sessions) != 2 || list.Sessions[0].SessionID != "c" || list.NextCursor == "" {
		t.Errorf("first page %v", list)
	}
	list = decodeAs[openapi.SessionListResponse](t, w.get("/v1/sessions?limit=2&cursor="+list.NextCursor).want(200).body)
	if len(list.Sessions) != 1 || *list.Sessions[0].Title != "first" || list.NextCursor != "" {
		t.Errorf("second page %v", list)
	}
	w.post("/v1/sessions/a/terminate", "").want(204)
	w.post("/v1/sessions/a/terminate", "").want(204)
	if info := decodeAs[openapi.SessionInfo](t, w.get("/v1/sessions/a").want(200).body); !info.Ended || info.Status != openapi.SessionStatusEnded {
		t.Errorf("terminated: %v", info)
	}
	w.do("DELETE", "/v1/sessions/a", "").want(204)
	w.do("DELETE", "/v1/sessions/a", "").want(404)
	w.session("a")
}

func TestAgents(t *testing.T) {
	w := start(t)
	agents := decodeAs[openapi.AgentListResponse](t, w.get("/v1/agents").want(200).body).Agents
	if len(agents) != 3 || agents[0].ID != "mock" || agents[1].Installed {
		t.Errorf("agents %v", agents)
	}
	if modes := decodeAs[openapi.AgentModesResponse](t, w.get("/v1/agents/mock/modes").want(200).body); len(modes.Modes) != 2 {
		t.Errorf("modes %v", modes)
	}
	if models := decodeAs[openapi.AgentModelsResponse](t, w.get("/v1/agents/mock/models").want(200).body); models.DefaultModel != "mock" {
		t.Errorf("models %v", models)
	}
	w.get("/v1/agents/plain/models").want(200)
}

func TestLimits(t *testing.T) {
	w := start(t, func(_ *Config, d *session.Config) { d.Sessions, d.Queue = 1, 1 })
	w.session("s")
	w.post("/v1/sessions/t", `{"agent":"mock"}`).refused(429, "limit_exceeded", "limit exceeded: too many sessions")
	w.post("/v1/sessions/s/messages", `{"message":"slow 1000 100"}`).want(204)
	w.post("/v1/sessions/s/messages", hello).want(204)
	a := w.post("/v1/sessions/s/messages", hello)
	a.refused(429, "limit_exceeded", "limit exceeded: too many messages wait")
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", a.header)
	}
}

// TestStreamCutByTerminate ends with the session's end, not with the turn's.
func TestStreamCutByTerminate(t *testing.T) {
	w := start(t)
	w.session("s")
	stream := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 1000 20"}`)
	stream.until(openapi.EventItemDelta)
	w.post("/v1/sessions/s/messages", hello).want(204) // it is dropped, and not this stream's to tell
	w.post("/v1/sessions/s/terminate", "").want(204)
	got := types(stream.rest())
	if !strings.HasSuffix(got, "item.completed turn.ended session.ended") {
		t.Errorf("the stream ended %s", got)
	}
}

// TestStreamOfAnOldInterruptedTurn shows nothing of what came after it, although the session was terminated later.
func TestStreamOfAnOldInterruptedTurn(t *testing.T) {
	w := start(t)
	w.session("s")
	stream := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 1000 20"}`, "Idempotency-Key", "k")
	stream.until(openapi.EventItemDelta)
	w.post("/v1/sessions/s/interrupt", "").want(204)
	stream.rest()
	w.open("POST", "/v1/sessions/s/messages/stream", hello).rest()
	w.post("/v1/sessions/s/terminate", "").want(204)
	again := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 1000 20"}`, "Idempotency-Key", "k")
	for _, e := range again.rest() {
		if e.TurnID != "turn_1" {
			t.Errorf("%s of %q in the stream of turn_1", e.Type(), e.TurnID)
		}
	}
}
