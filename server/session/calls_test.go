package session

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// What an agent leaves open is closed with its turn, before the turn's end, however that came.
func TestOpenCallsEndWithTheirTurn(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]struct {
		outcome adapters.Outcome
		err     error
		last    string
	}{
		"completed":             {completed, nil, "7 server turn_1 turn.ended completed"},
		"interrupted":           {adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil, "7 server turn_1 turn.ended interrupted"},
		"failed":                {adapters.Outcome{}, errors.New("oh"), "8 server turn_1 turn.ended failed"},
		"suspended, and failed": {adapters.Outcome{Suspended: true}, errors.New("oh"), "8 server turn_1 turn.ended failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.puppet.scripts["go"] = leaves(end.outcome, end.err)
			w.create("s")
			w.send("s", "go")
			events := w.awaitEnds("s", 1)
			resolved, ok := events[len(events)-2].Data.(openapi.ToolResolvedData)
			if !ok || resolved.ToolCallID != "c" || resolved.Status != openapi.ToolStatusCancelled || resolved.Error == "" {
				t.Errorf("the call was not cancelled first:\n%s", show(events))
			}
			if got := line(events[len(events)-1]); got != end.last {
				t.Errorf("the last event is %q, want %q", got, end.last)
			}
			w.sameFold("s")
		})
	}
}

// A suspended turn keeps its calls, and nothing else that it has asked.
func TestOpenCallsOfASuspendedTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["go"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		if _, err := h.AskPermission(adapters.PermissionRequest{ID: "p", Action: "live"}); err != nil {
			return completed, err
		}
		return leaves(adapters.Outcome{Suspended: true}, nil)(t.Context(), adapters.Input{}, h)
	}
	w.create("s")
	w.send("s", "go")
	w.awaitSuspended("s")
	events := w.await("s", typed(openapi.EventPermissionResolved))
	if got := line(events[len(events)-1]); got != "7 server turn_1 permission.resolved p reject" {
		t.Errorf("got %q", got)
	}
	info, err := w.Get(t.Context(), "s")
	if err != nil || info.Status != openapi.SessionStatusWaiting || info.PendingRequests != 1 || info.EventCount != 7 {
		t.Errorf("got %+v, %v", info, err)
	}
	w.sameFold("s")
}

// leaves calls a tool and ends its turn.
func leaves(out adapters.Outcome, err error) script {
	return func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		call := adapters.ToolCall{ID: "c", Name: "tool", Arguments: json.RawMessage(`{}`), Source: openapi.ToolSourceLLM}
		if _, err := h.CallTool(call); err != nil {
			return completed, err
		}
		return out, err
	}
}

// A turn that goes on, after a restart too, still knows the items that it has named.
func TestItemsOfASuspendedTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["go"] = callsByItem
	w.create("s")
	w.send("s", "go")
	w.awaitSuspended("s")
	w.stopNow(w.Service)
	w.start(Config{})
	w.results("s", results("first")...)
	w.awaitCalls("s", 2)
	w.results("s", results("second")...)
	named := map[string]string{}
	var requested []string
	for _, e := range w.awaitEnds("s", 1) {
		switch d := e.Data.(type) {
		case openapi.ItemStartedData:
			if named[d.Item.ItemID] != "" || d.Item.ParentID != nil && named[*d.Item.ParentID] != "call" {
				t.Errorf("item %s is there twice, or its parent is unknown: %v", d.Item.ItemID, named)
			}
			named[d.Item.ItemID] = *d.Item.NativeItemID
		case openapi.ToolRequestedData:
			requested = append(requested, named[d.ItemID])
		}
	}
	if len(requested) != 2 || requested[0] != "call" || requested[1] != "call" {
		t.Errorf("the calls are of the items %q", requested)
	}
}

// callsByItem calls two tools one after the other, both of one item, and adds an item below it at the end.
func callsByItem(_ context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	if len(in.Results) == 2 {
		result := say("result", "done").(openapi.ItemCompleted)
		result.Item.ParentID = new("call")
		return completed, h.Emit(result)
	}
	id := "second"
	if in.Results == nil {
		id = "first"
		if err := h.Emit(say("call", "calling")); err != nil {
			return completed, err
		}
	}
	_, err := h.CallTool(adapters.ToolCall{
		ID: id, Name: "tool", Arguments: json.RawMessage(`{}`), Source: openapi.ToolSourceLLM, NativeItemID: "call",
	})
	return adapters.Outcome{Suspended: true}, err
}

// One route takes triggers and results: a key of one is not taken for the other.
func TestKeysOfTriggersAndResults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["go"] = calls([]string{"first"})
	w.create("s")
	fired, gave := Idempotency{Key: "k", Hash: []byte("trigger")}, Idempotency{Key: "r", Hash: []byte("results")}
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("go")}, fired); err != nil {
		t.Fatal(err)
	}
	w.awaitSuspended("s")
	give := func(once Idempotency) (Accepted, error) {
		return w.ToolResults(t.Context(), "s", "", results("call_turn_1_0"), once)
	}
	_, err := give(Idempotency{Key: "k", Hash: gave.Hash})
	wantCode(t, err, CodeIdempotencyConflict)
	first, err := give(gave)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := give(gave); err != nil || again != first {
		t.Errorf("got %+v, %v; want %+v", again, err, first)
	}
	_, err = w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("go")}, Idempotency{Key: "r", Hash: fired.Hash})
	wantCode(t, err, CodeIdempotencyConflict)
	w.awaitEnds("s", 1)
}
