package server

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// leaver is an agent that calls two tools, is slow about it, and leaves its turn to them.
type leaver struct{ bare }

func (l leaver) Open(context.Context, adapters.Options) (adapters.Agent, error) { return l, nil }

func (leaver) Close(context.Context) error { return nil }

func (leaver) Turn(_ context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	if len(in.Results) > 0 {
		return adapters.Outcome{Status: openapi.TurnStatusCompleted}, nil
	}
	for _, id := range []string{"a", "b"} {
		call := adapters.ToolCall{ID: id, Name: "tool", Arguments: json.RawMessage(`{}`), Source: openapi.ToolSourceLLM}
		if _, err := h.CallTool(call); err != nil {
			return adapters.Outcome{}, err
		}
		<-time.After(2 * callsQuiet)
	}
	return adapters.Outcome{Suspended: true}, nil
}

// TestLegHasAllCalls of an agent that leaves its turn to them, however long it takes to make them.
func TestLegHasAllCalls(t *testing.T) {
	t.Parallel()
	w := start(t, func(_ *Config, d *session.Config) { d.Adapters = append(d.Adapters, leaver{bare{"leaver", true}}) })
	a := w.post("/api/agent-sessions", `{"agentId":"leaver"}`).want(200)
	s := "/api/agent-sessions/" + decodeAs[openapi.AgentSessionCreated](t, a.body).SessionID + "/trigger"
	if got := toldInLeg(t, w.post(s, userMessage("go")).want(200).body); got != "start a? b? tool-calls" {
		t.Errorf("the leg says %q", got)
	}
	if got := toldInLeg(t, w.post(s, giving("a", 1, "b", 2).json(t)).want(200).body); got != "start stop" {
		t.Errorf("the next leg says %q", got)
	}
	w.post("/v1/sessions/v", `{"agent":"leaver"}`).want(200)
	if got := types(w.trigger("v", saying("go")).rest()); got != begins+"tool.requested tool.requested" {
		t.Errorf("the sessions family has %s", got)
	}
}
