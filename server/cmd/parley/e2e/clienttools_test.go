package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// clientTools are those of the sessions here.
var clientTools = []openapi.ClientTool{
	{Name: "get-weather", Description: "Get the weather of a city", InputSchema: json.RawMessage(
		`{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`)},
	{Name: "book", Description: "Book a trip", InputSchema: json.RawMessage(`{"type":"object"}`)},
}

// TestClientTools lets the real agents call tools of the client, through the server's own MCP endpoint.
func TestClientTools(t *testing.T) {
	t.Parallel()
	for _, agent := range reals {
		if agent.tool == nil {
			continue
		}
		t.Run(agent.id, func(t *testing.T) {
			t.Parallel()
			p := &toolProject{project: newProject(t, agent)}
			_, err := p.c.CreateSession(p.ctx, "work", openapi.CreateSessionRequest{Agent: agent.id, Directory: p.dir, ClientTools: clientTools})
			p.must(err)
			p.answered()
			p.severalTools()
			p.failing()
			p.followed(func(r openapi.TriggerRequest) {
				for _, err := range p.c.TriggerAgentSession(p.ctx, "work", r) {
					p.must(err)
				}
			})
			p.followed(func(r openapi.TriggerRequest) { p.collect(p.c.TriggerSession(p.ctx, "work", r), nil) })
			p.stopped()
			p.givenUp()
			p.restarted(p.s.kill)
			p.restarted(p.s.stop)
			p.s.stop()
			noKeys(t, p.s)
		})
	}
}

// toolProject is a project whose agent has tools of the client.
type toolProject struct {
	*project
	asked []string // the calls that the handlers have had
}

// call is a line of a script that calls a tool of the client.
func (p *toolProject) call(name, args string) string {
	return "tool " + p.agent.tool(name) + " " + args
}

// trigger lets the Go client play a turn, with handlers of its own.
func (p *toolProject) trigger(lines ...string) []openapi.UIEvent {
	p.t.Helper()
	p.asked = nil
	tools := client.Tools{
		"get-weather": func(_ context.Context, args json.RawMessage) (any, error) {
			p.asked = append(p.asked, "get-weather "+string(args))
			return map[string]any{"sky": "clear over " + string(args)}, nil
		},
		"book": func(context.Context, json.RawMessage) (any, error) { return nil, errors.New("the train is full") },
	}
	input := map[string]any{"USER_MESSAGE": strings.Join(lines, "\n")}
	var events []openapi.UIEvent
	for e, err := range p.c.Trigger(p.ctx, "work", "user-message", input, client.WithTools(tools)) {
		p.must(err)
		events = append(events, e)
	}
	return events
}

// heard is what the model was told of the last call.
func (p *toolProject) heard() model.Part {
	p.t.Helper()
	requests := p.model.Requests()
	slices.Reverse(requests)
	for _, r := range requests {
		for _, m := range slices.Backward(r.Messages) {
			for _, part := range slices.Backward(m.Parts) {
				if part.Kind == "tool_result" {
					return part
				}
			}
		}
	}
	p.t.Fatal("the model was told of no result")
	return model.Part{}
}

// of are the events of some types.
func of(events []openapi.UIEvent, types ...string) (found []openapi.UIEvent) {
	for _, e := range events {
		if slices.Contains(types, e.Type) {
			found = append(found, e)
		}
	}
	return found
}

// answered: the handler gets the arguments, the model its result, and the chat sees one call under the tool's own name.
func (p *toolProject) answered() {
	p.t.Helper()
	events := p.trigger(p.call("get-weather", `{"city":"Bern"}`))
	if len(p.asked) != 1 || p.asked[0] != `get-weather {"city":"Bern"}` {
		p.t.Errorf("the handler was asked %q", p.asked)
	}
	if got := p.heard(); got.IsError || !strings.Contains(got.Text, "clear over") {
		p.t.Errorf("the model heard %+v", got)
	}
	inputs, outputs := of(events, openapi.UIToolInputAvailable), of(events, openapi.UIToolOutputAvailable, openapi.UIToolOutputError)
	if len(inputs) != 1 || len(outputs) != 1 || inputs[0].ToolName != "get-weather" || inputs[0].ToolCallID != outputs[0].ToolCallID {
		p.t.Errorf("the chat saw the calls %+v and the outputs %+v", inputs, outputs)
	}
	var written string
	for _, e := range of(events, openapi.UIToolInputDelta) {
		written += e.InputTextDelta
	}
	if starts := of(events, openapi.UIToolInputStart); len(starts) != 1 || starts[0].ToolName != "get-weather" || written != `{"city":"Bern"}` {
		p.t.Errorf("the chat saw the beginnings %+v, and the input %q", starts, written)
	}
	if got := uiText(events); !strings.Contains(got, "clear over") {
		p.t.Errorf("the agent said %q", got)
	}
	view, err := p.c.GetAgentSession(p.ctx, "work")
	p.must(err)
	p.oneCall((*view.Messages)[len(*view.Messages)-1])
}

// oneCall: a message has one call, with arguments and result.
func (p *toolProject) oneCall(m openapi.UIMessage) {
	p.t.Helper()
	var calls []openapi.UIPart
	for _, part := range m.Parts {
		if part.Type == "tool-call" {
			calls = append(calls, part)
		}
	}
	if len(calls) != 1 || calls[0].ToolName != "get-weather" || string(calls[0].Args) != `{"city":"Bern"}` ||
		string(calls[0].Result) != `{"sky":"clear over {\"city\":\"Bern\"}"}` || calls[0].Status != "done" {
		p.t.Errorf("the message has the calls %+v", calls)
	}
}

func uiText(events []openapi.UIEvent) (text string) {
	for _, e := range of(events, openapi.UITextDelta) {
		text += e.Delta
	}
	return text
}

// severalTools: one after the other, and in one response of the model.
func (p *toolProject) severalTools() {
	p.t.Helper()
	for name, lines := range map[string][]string{
		"chain": {p.call("get-weather", `{"city":"Oslo"}`), p.call("get-weather", `{"city":"Rome"}`)},
		"pair":  {p.call("get-weather", `{"city":"Oslo"}`), "and " + p.call("get-weather", `{"city":"Rome"}`)},
	} {
		events := p.trigger(append(lines, "say done with "+name)...)
		slices.Sort(p.asked)
		if !slices.Equal(p.asked, []string{`get-weather {"city":"Oslo"}`, `get-weather {"city":"Rome"}`}) {
			p.t.Errorf("%s: the handler was asked %q", name, p.asked)
		}
		if got := uiText(events); got != "done with "+name {
			p.t.Errorf("%s: the agent said %q", name, got)
		}
		inputs, outputs := of(events, openapi.UIToolInputAvailable), of(events, openapi.UIToolOutputAvailable)
		if len(inputs) != 2 || len(outputs) != 2 {
			p.t.Errorf("%s: the chat saw the calls %+v and the outputs %+v", name, inputs, outputs)
		}
	}
}

// failing: a handler's error is the model's to see, and so is what the schema refuses.
func (p *toolProject) failing() {
	p.t.Helper()
	for call, want := range map[string]string{
		p.call("book", `{"to":"Bern"}`):     "the train is full",
		p.call("get-weather", `{"city":7}`): "city",
	} {
		events := p.trigger(call, "say went on")
		if got := p.heard(); !strings.Contains(got.Text, want) || len(p.asked) != 0 {
			p.t.Errorf("the model heard %+v, the handler %q", got, p.asked)
		}
		if got := uiText(events); got != "went on" {
			p.t.Errorf("the agent said %q", got)
		}
	}
}

// request waits for a call of the turn, and looks at it.
func (p *toolProject) request(e openapi.Event) (openapi.ToolRequestedData, bool) {
	p.t.Helper()
	d, ok := e.Data.(openapi.ToolRequestedData)
	if !ok {
		return d, false
	}
	pending, err := p.c.ListPending(p.ctx)
	p.must(err)
	if d.Source != openapi.ToolSourceAgent || len(pending.Tools) != 1 || pending.Tools[0].Tool.ToolCallID != d.ToolCallID {
		p.t.Errorf("requested %+v, pending %+v", d, pending.Tools)
	}
	return d, true
}

// followed: over universal events a call is linked to the agent's own item; any client may give the result, over both families.
func (p *toolProject) followed(give func(openapi.TriggerRequest)) {
	p.t.Helper()
	ids := map[string]string{} // of calls, by the item
	events := p.turn(p.call("get-weather", `{"city":"Bern"}`), func(e openapi.Event) {
		if d, ok := e.Data.(openapi.ItemStartedData); ok && d.Item.Kind == openapi.ItemKindToolCall {
			part := d.Item.Content[0].Part.(openapi.ToolCallPart)
			ids[d.Item.ItemID] = part.CallID
		}
		d, ok := p.request(e)
		if !ok {
			return
		}
		if d.ItemID == "" || ids[d.ItemID] != d.ToolCallID {
			p.t.Errorf("requested %+v, of the items %v", d, ids)
		}
		result := openapi.ToolResult{ToolCallID: d.ToolCallID, Result: json.RawMessage(`"a universal sun"`)}
		give(openapi.TriggerRequest{ToolResults: []openapi.ToolResult{result}})
	})
	p.ends(events, openapi.TurnStatusCompleted)
	if count[openapi.ToolResolvedData](events) != 1 || count[openapi.PermissionRequestedData](events) != 0 {
		p.t.Errorf("got\n%s", show(events))
	}
	if got := p.said(events); !strings.Contains(got, "a universal sun") {
		p.t.Errorf("the agent said %q", got)
	}
}

// stopped: an interrupt takes the call back.
func (p *toolProject) stopped() {
	p.t.Helper()
	events := p.turn(p.call("get-weather", `{"city":"Bern"}`), func(e openapi.Event) {
		if _, ok := p.request(e); ok {
			p.must(p.c.InterruptSession(p.ctx, "work"))
		}
	})
	p.ends(events, openapi.TurnStatusInterrupted)
	p.resolved(events, openapi.ToolStatusCancelled, "")
	p.ends(p.turn("say still here", nil), openapi.TurnStatusCompleted)
}

func (p *toolProject) resolved(events []openapi.Event, status openapi.ToolStatus, why string) {
	p.t.Helper()
	for _, e := range events {
		if d, ok := e.Data.(openapi.ToolResolvedData); ok && d.Status == status && (why == "" || d.Error == why) {
			return
		}
	}
	p.t.Errorf("no call was %s:\n%s", status, show(events))
}

// givenUp: a client that triggers anew in the place of a result has given the call up.
func (p *toolProject) givenUp() {
	p.t.Helper()
	waits := openapi.TriggerRequest{TriggerName: "user-message", Input: map[string]any{"USER_MESSAGE": p.call("get-weather", `{"city":"Bern"}`)}}
	var calls []openapi.UIToolCall
	for e, err := range p.c.TriggerAgentSession(p.ctx, "work", waits) {
		p.must(err)
		calls = append(calls, e.ToolCalls...)
	}
	if got := uiText(p.trigger("say something else")); got != "something else" || len(calls) != 1 {
		p.t.Errorf("the agent called %v and said %q", calls, got)
	}
}

// restarted: a call does not outlive the server, but the session does.
func (p *toolProject) restarted(end func()) {
	p.t.Helper()
	events := p.turn(p.call("get-weather", `{"city":"Bern"}`), func(e openapi.Event) {
		if _, ok := p.request(e); ok {
			out := p.s.out
			end()
			p.s.start()
			if strings.Contains(out.String(), "requests were cut off") {
				p.t.Errorf("the server waited for the call:\n%s", out)
			}
		}
	})
	p.ends(events, openapi.TurnStatusFailed)
	p.resolved(events, openapi.ToolStatusFailed, "server_restarted")
	p.answered()
}
