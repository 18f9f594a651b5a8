package opencode

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
)

// errAborted is an interrupt.
var errAborted = errors.New("aborted")

// fakeTurn is a stand-in's work on one message.
type fakeTurn struct {
	*fake
	ctx     context.Context
	session *fakeSession
	user    string // the id of the user's message
	message *fakeMessage
	prompt  prompt
	texts   []string // of the message's parts
	late    bool     // idle is said before the last words
}

func (f *fake) play(ctx context.Context, s *fakeSession, raw []byte) {
	t := &fakeTurn{fake: f, ctx: ctx, session: s}
	var in struct {
		prompt
		Parts []struct{ Type, Text, URL, Mime string } `json:"parts"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		panic(err)
	}
	t.prompt, t.user = in.prompt, in.MessageID
	for _, p := range in.Parts {
		t.texts = append(t.texts, strings.TrimSpace(p.Type+":"+p.Text+" "+p.URL))
	}
	if slices.Contains(t.texts, "text:nomodel") { // the work does not even begin
		f.say(s, "session.error", object{"error": object{"name": "UnknownError", "data": object{"message": "Model not found\n    at Bun (/x:1:2)\n    at y"}}})
		return
	}
	t.begin()
	t.end(t.acts())
}

func (t *fakeTurn) begin() {
	user := &fakeMessage{Info: object{"id": t.user, "sessionID": t.session.ID, "role": "user"}}
	t.add(user)
	t.tell(user)
	t.part(user, object{"id": t.id("prt"), "type": "text", "text": "the user's own"})
	t.status(object{"type": "busy"})
	t.answer()
}

func (t *fakeTurn) add(m *fakeMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.session.Messages = append(t.session.Messages, m)
}

// answer begins a message of the model.
func (t *fakeTurn) answer() {
	t.message = &fakeMessage{Info: object{
		"id": t.id("msg"), "sessionID": t.session.ID, "role": "assistant", "parentID": t.user, "providerID": "fake", "modelID": "large",
		"time": object{"created": 1}, "cost": 0, "tokens": object{},
	}}
	t.add(t.message)
	t.tell(t.message)
}

func (t *fakeTurn) set(m *fakeMessage, changes object) {
	t.mu.Lock()
	info := maps.Clone(m.Info)
	maps.Copy(info, changes)
	m.Info = info
	t.mu.Unlock()
}

func (t *fakeTurn) tell(m *fakeMessage) {
	t.mu.Lock()
	info := m.Info
	t.mu.Unlock()
	t.say(t.session, "message.updated", object{"info": info})
}

// part stores a part and tells of it.
func (t *fakeTurn) part(m *fakeMessage, p object) {
	p = maps.Clone(p)
	t.mu.Lock()
	p["messageID"], p["sessionID"] = m.Info["id"], t.session.ID
	at := slices.IndexFunc(m.Parts, func(other object) bool { return other["id"] == p["id"] })
	if at < 0 {
		m.Parts = append(m.Parts, p)
	} else {
		m.Parts[at] = p
	}
	t.mu.Unlock()
	t.say(t.session, "message.part.updated", object{"part": p})
}

func (t *fakeTurn) status(s object) {
	t.mu.Lock()
	t.session.Status = s
	if s["type"] == "idle" {
		t.session.Status = nil
	}
	t.mu.Unlock()
	t.say(t.session, "session.status", object{"status": s})
}

func (t *fakeTurn) idle() {
	t.status(object{"type": "idle"})
	t.say(t.session, "session.idle", object{})
}

// done completes the message.
func (t *fakeTurn) done(changes object) {
	changes["time"] = object{"created": 1, "completed": 2}
	t.set(t.message, changes)
	t.tell(t.message)
}

var fakeUsage = object{"cost": 0.25, "tokens": object{"input": 10, "output": 4, "reasoning": 1, "cache": object{"read": 3, "write": 2}}}

// step ends a message and begins the next one.
func (t *fakeTurn) step() {
	changes := maps.Clone(fakeUsage)
	changes["finish"] = "tool-calls"
	t.done(changes)
	t.answer()
}

func (t *fakeTurn) end(err error) {
	defer t.keep(t.session)
	fault := (*fakeFault)(nil)
	switch {
	case errors.Is(err, errAborted):
		t.fail(object{"name": "MessageAbortedError", "data": object{"message": "Aborted"}})
	case errors.As(err, &fault):
		t.fail(object{"name": "APIError", "data": object{"message": "no luck", "statusCode": fault.status, "isRetryable": false}})
	default:
		if t.late {
			t.idle()
		}
		changes := maps.Clone(fakeUsage)
		changes["finish"] = "stop"
		t.done(changes)
		t.idle()
	}
}

// fakeFault is an answer of the model provider that is no answer.
type fakeFault struct{ status int }

func (*fakeFault) Error() string { return "fault" }

// fail ends a turn as the program does: it says that it is idle before its last words, and again after them.
func (t *fakeTurn) fail(fault object) {
	t.say(t.session, "session.error", object{"error": fault})
	t.idle()
	t.done(object{"error": fault})
	t.idle()
}

// text streams a text.
func (t *fakeTurn) text(kind string, pieces []string, pause time.Duration) error {
	p := object{"id": t.id("prt"), "type": kind, "text": "", "time": object{"start": 1}}
	t.part(t.message, p)
	said, err := t.pieces(p, pieces, pause)
	p["text"], p["time"] = said, object{"start": 1, "end": 2}
	t.part(t.message, p)
	return err
}

func (t *fakeTurn) pieces(p object, pieces []string, pause time.Duration) (said string, err error) {
	var all strings.Builder
	for _, piece := range pieces {
		if t.ctx.Err() != nil {
			return all.String(), errAborted
		}
		all.WriteString(piece)
		t.delta(p, piece)
		if pause > 0 {
			select {
			case <-time.After(pause):
			case <-t.ctx.Done():
			}
		}
	}
	return all.String(), nil
}

func (t *fakeTurn) delta(p object, piece string) {
	t.say(t.session, "message.part.delta", object{"messageID": t.message.Info["id"], "partID": p["id"], "field": "text", "delta": piece})
}

// call begins a tool call.
func (t *fakeTurn) call(tool string, input object) object {
	p := object{"id": t.id("prt"), "type": "tool", "tool": tool, "callID": t.id("call"), "state": object{"status": "pending", "input": object{}}}
	t.part(t.message, p)
	p["state"] = object{"status": "running", "input": input}
	return p
}

func (t *fakeTurn) running(p object) { t.part(t.message, p) }

// result ends a tool call.
func (t *fakeTurn) result(p object, changes object) {
	state := maps.Clone(p["state"].(object))
	state["status"] = "completed"
	maps.Copy(state, changes)
	p = maps.Clone(p)
	p["state"] = state
	t.part(t.message, p)
}

// ask asks the user for something.
func (t *fakeTurn) ask(kind string, about object) *fakeRequest {
	id := t.id(map[string]string{"permission": "per", "question": "que"}[kind])
	about["id"], about["sessionID"] = id, t.session.ID
	r := &fakeRequest{kind, about, make(chan json.RawMessage, 1)}
	t.mu.Lock()
	t.asked[id] = r
	t.mu.Unlock()
	t.say(t.session, kind+".asked", maps.Clone(about))
	return r
}

// wait waits for an answer; there is none after an interrupt.
func (t *fakeTurn) wait(r *fakeRequest) (string, error) {
	select {
	case answer := <-r.answer:
		return string(answer), nil
	case <-t.ctx.Done():
		t.mu.Lock()
		delete(t.asked, r.about["id"].(string))
		t.mu.Unlock()
		return "", errAborted
	}
}
