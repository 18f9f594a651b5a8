package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/uistream"
)

// caller is an agent that lives on while its calls wait: it calls a, and when it is let go on it speaks and calls b.
type caller struct {
	bare
	goOn, asked chan struct{}
}

func newCaller() caller {
	return caller{bare{"caller", true}, make(chan struct{}), make(chan struct{})}
}

func (c caller) Open(context.Context, adapters.Options) (adapters.Agent, error) { return c, nil }

func (caller) Close(context.Context) error { return nil }

func (c caller) Turn(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	var none adapters.Outcome
	a, err := c.call(h, "a")
	if err != nil {
		return none, err
	}
	<-c.goOn
	if err := c.say(h, "meanwhile"); err != nil {
		return none, err
	}
	b, err := c.call(h, "b")
	if err != nil {
		return none, err
	}
	close(c.asked)
	for _, call := range []adapters.Pending[adapters.ToolResult]{a, b} {
		if _, err := call.Wait(ctx); err != nil {
			return none, err
		}
	}
	return adapters.Outcome{Status: openapi.TurnStatusCompleted}, c.say(h, "done")
}

func (caller) call(h adapters.Host, id string) (adapters.Pending[adapters.ToolResult], error) {
	return h.CallTool(adapters.ToolCall{ID: id, Name: "tool", Arguments: json.RawMessage(`{}`), Source: openapi.ToolSourceAgent})
}

func (caller) say(h adapters.Host, text string) error {
	role := openapi.ItemRoleAssistant
	return h.Emit(openapi.ItemCompleted{Item: openapi.Item{
		NativeItemID: &text, Kind: openapi.ItemKindMessage, Role: &role, Status: openapi.ItemStatusCompleted,
		Content: openapi.Parts(openapi.TextPart{Text: text}),
	}})
}

// callerSession is a session with an agent that lives on while its calls wait.
func callerSession(t *testing.T) (*world, string, caller) {
	c := newCaller()
	w := start(t, func(_ *Config, d *session.Config) { d.Adapters = append(d.Adapters, c) })
	a := w.post("/api/agent-sessions", `{"agentId":"caller"}`).want(200)
	return w, decodeAs[openapi.AgentSessionCreated](t, a.body).SessionID, c
}

// toldInLeg is what a leg says: its texts, the calls that it asks for, and why it ends.
func toldInLeg(t *testing.T, body []byte) string {
	events, _ := uiEvents(t, body)
	var told []string
	for _, e := range events {
		switch e.Type {
		case openapi.UIStart:
			told = append(told, e.Type)
		case openapi.UITextDelta:
			told = append(told, e.Delta)
		case openapi.UIToolRequest:
			for _, c := range e.ToolCalls {
				told = append(told, c.ToolCallID+"?")
			}
		case openapi.UIFinish:
			told = append(told, e.FinishReason)
		}
	}
	return strings.Join(told, " ")
}

// A leg begins where the last one has ended: nothing is lost that the agent has said in between, and calls that it made in
// between are asked for. Results of only some of the calls end a leg again.
func TestNextLegBeginsWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	w, id, c := callerSession(t)
	s := "/api/agent-sessions/" + id + "/trigger"
	if got := toldInLeg(t, w.post(s, userMessage("go")).want(200).body); got != "start a? tool-calls" {
		t.Errorf("the first leg says %q", got)
	}
	close(c.goOn)
	<-c.asked
	if got := toldInLeg(t, w.post(s, giving("a", 1).json(t)).want(200).body); got != "start meanwhile b? tool-calls" {
		t.Errorf("the second leg says %q", got)
	}
	if got := toldInLeg(t, w.post(s, giving("b", 1).json(t)).want(200).body); got != "start done stop" {
		t.Errorf("the last leg says %q", got)
	}
	if n := len(w.server.presence.legs.ends); n != 0 {
		t.Errorf("%d legs are kept of runs that are over", n)
	}
}

// The form of the AI SDK goes on in the same place.
func TestNextLegOfTheAISDK(t *testing.T) {
	t.Parallel()
	w, id, c := callerSession(t)
	s := "/api/agent-sessions/" + id + "/trigger?stream=ai-sdk"
	w.post(s, userMessage("go")).want(200)
	close(c.goOn)
	<-c.asked
	second := string(w.post(s, giving("a", 1).json(t)).want(200).body)
	if !strings.Contains(second, `"delta":"meanwhile"`) || !strings.Contains(second, `"toolCallId":"b"`) || strings.Contains(second, `"toolCallId":"a"`) {
		t.Errorf("the second leg says %s", second)
	}
	if last := string(w.post(s, giving("b", 1).json(t)).want(200).body); !strings.Contains(last, `"delta":"done"`) || strings.Contains(last, "meanwhile") {
		t.Errorf("the last leg says %s", last)
	}
}

// announcer is an agent that says of both its calls at once that it makes them.
type announcer struct{ caller }

func (a announcer) Info(ctx context.Context) adapters.Info {
	about := a.caller.Info(ctx)
	about.Takes.ClientTools = true
	return about
}

func (a announcer) Open(context.Context, adapters.Options) (adapters.Agent, error) { return a, nil }

func (a announcer) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	for _, id := range []string{"a", "b"} {
		err := h.Emit(openapi.ItemCompleted{Item: openapi.Item{
			NativeItemID: new("item " + id), Kind: openapi.ItemKindToolCall, Status: openapi.ItemStatusCompleted,
			Content: openapi.Parts(openapi.ToolCallPart{CallID: id, Name: "tool", Arguments: `{}`}),
		}})
		if err != nil {
			return adapters.Outcome{}, err
		}
	}
	return a.caller.Turn(ctx, in, h)
}

// A call of a client's tool is told to the AI SDK in the response that asks for it, and in no other.
func TestAISDKHasACallOnce(t *testing.T) {
	t.Parallel()
	c := newCaller()
	w := start(t, func(_ *Config, d *session.Config) {
		d.Adapters, d.ToolsURL = append(d.Adapters, announcer{c}), "http://127.0.0.1:7/mcp"
	})
	a := w.post("/api/agent-sessions", `{"agentId":"caller","input":{"clientTools":[{"name":"tool","description":"d","inputSchema":{"type":"object"}}]}}`).want(200)
	s := "/api/agent-sessions/" + decodeAs[openapi.AgentSessionCreated](t, a.body).SessionID
	first := string(w.post(s+"/trigger?stream=ai-sdk", userMessage("go")).want(200).body)
	if !strings.Contains(first, `"toolCallId":"a"`) || strings.Contains(first, `"toolCallId":"b"`) {
		t.Errorf("the first leg says %s", first)
	}
	resumed := string(w.get(s + "/chat/c/stream").want(200).body)
	if !strings.Contains(resumed, `"toolCallId":"a"`) || strings.Contains(resumed, `"toolCallId":"b"`) {
		t.Errorf("the resumed leg says %s", resumed)
	}
	close(c.goOn)
	<-c.asked
	second := string(w.post(s+"/trigger?stream=ai-sdk", giving("a", 1).json(t)).want(200).body)
	if !strings.Contains(second, `"toolCallId":"b"`) || strings.Contains(second, `"toolCallId":"a"`) || strings.Contains(second, `"providerExecuted":true`) {
		t.Errorf("the second leg says %s", second)
	}
	w.post(s+"/trigger?stream=ai-sdk", giving("b", 1).json(t)).want(200)
}

// The streams of the sessions family end while an agent's calls wait, also where a message has begun the turn and where
// another call is open than the one that is answered.
func TestStreamsEndWhileCallsWait(t *testing.T) {
	t.Parallel()
	w, id, c := callerSession(t)
	first := w.open("POST", "/v1/sessions/"+id+"/messages/stream", hello).rest()
	if got := types(first); got != begins+"tool.requested" {
		t.Errorf("the message's stream is %s", got)
	}
	close(c.goOn)
	<-c.asked
	if got := types(w.trigger(id, giving("a", 1)).rest()); got != "tool.resolved" {
		t.Errorf("after the first result: %s", got)
	}
	if got := types(w.trigger(id, giving("b", 1)).rest()); got != "tool.resolved item.started item.delta item.completed turn.ended" {
		t.Errorf("after the last result: %s", got)
	}
}

// What is known of legs does not grow without bound, and is of the session's last run.
func TestLegs(t *testing.T) {
	t.Parallel()
	l := newLegs()
	for n := range maxLegs + 10 {
		l.end(run{fmt.Sprint(n), "turn_1"}, uistream.ID{Sequence: 7})
	}
	if len(l.ends) != maxLegs {
		t.Errorf("%d are kept", len(l.ends))
	}
	l = newLegs()
	first, second := run{"s", "turn_1"}, run{"s", "turn_2"}
	l.end(first, uistream.ID{Sequence: 7, Index: 1})
	l.over(second)
	if got := l.last(first); got != (uistream.ID{Sequence: 7, Index: 1}) {
		t.Errorf("got %s", got)
	}
	if got := l.last(second); got != (uistream.ID{}) || len(l.ends) != 0 {
		t.Errorf("got %s of another run, %d are kept", got, len(l.ends))
	}
}

// A session that has the id of a deleted one has its own legs.
func TestLegsOfADeletedSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.session("s")
	w.post("/api/agent-sessions/s/trigger", userMessage("call tools confirm {}; get-time {}")).want(200)
	w.do("DELETE", "/v1/sessions/s", "").want(204)
	w.session("s")
	call := requested(t, w.trigger("s", saying("call tool confirm {}")).rest())
	leg := w.post("/api/agent-sessions/s/trigger", giving(call.ToolCallID, 1).json(t)).want(200)
	if got := toldInLeg(t, leg.body); got != "start 1 stop" {
		t.Errorf("the leg says %q", got)
	}
}
