package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// calls is a turn that calls tools of the client, one round after the other, and suspends for each; then it says what they gave.
func calls(rounds ...[]string) script {
	return func(_ context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		n := 0
		for _, round := range rounds {
			waits := false
			for _, name := range round {
				id := fmt.Sprintf("call_%s_%d", in.TurnID, n)
				n++
				if _, done := in.Results[id]; done {
					continue
				}
				waits = true
				call := adapters.ToolCall{ID: id, Name: name, Arguments: json.RawMessage(`{"a":1}`), Source: openapi.ToolSourceLLM}
				if _, err := h.CallTool(call); err != nil {
					return completed, err
				}
			}
			if waits {
				return adapters.Outcome{Suspended: true}, nil
			}
		}
		text := ""
		for i := range n {
			r := in.Results[fmt.Sprintf("call_%s_%d", in.TurnID, i)]
			text += string(r.Status) + string(r.Result) + r.Error + ";"
		}
		return adapters.Outcome{Status: openapi.TurnStatusCompleted, FinishReason: "stop"}, h.Emit(say("m", text))
	}
}

func results(ids ...string) []openapi.ToolResult {
	var list []openapi.ToolResult
	for _, id := range ids {
		list = append(list, openapi.ToolResult{ToolCallID: id, Result: json.RawMessage(`"` + id + `"`)})
	}
	return list
}

func (w *world) awaitCalls(id string, n int) {
	w.t.Helper()
	w.await(id, func(e openapi.Event) bool {
		if e.Type() == openapi.EventToolRequested {
			n--
		}
		return n == 0
	})
}

// probe asks an owner whether its turn is suspended.
type probe struct{}

func (probe) apply(o *owner) (any, error) { return o.suspended(), nil }

// awaitSuspended asks until the agent has left its turn, of which no event tells.
func (w *world) awaitSuspended(id string) {
	w.t.Helper()
	w.awaitCalls(id, 1)
	for {
		suspended, err := w.do(w.t.Context(), id, probe{})
		if err != nil {
			w.t.Fatal(err)
		}
		if suspended.(bool) {
			return
		}
		runtime.Gosched()
	}
}

func (w *world) results(id string, r ...openapi.ToolResult) Accepted {
	w.t.Helper()
	a, err := w.ToolResults(w.t.Context(), id, "", r, Idempotency{})
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func TestSuspendedTurn(t *testing.T) {
	w := newWorld(t)
	w.puppet.scripts["go"] = calls([]string{"first", "second"}, []string{"third"})
	w.create("s")
	w.send("s", "go")
	w.awaitCalls("s", 2)
	w.awaitSuspended("s")
	if info, err := w.Get(t.Context(), "s"); err != nil || info.Status != openapi.SessionStatusWaiting {
		t.Errorf("got %+v, %v", info, err)
	}
	if a := w.results("s", results("call_turn_1_1")...); a.TurnID != "turn_1" || !a.Joined {
		t.Errorf("got %+v", a)
	}
	bad := "no luck"
	w.results("s", openapi.ToolResult{ToolCallID: "call_turn_1_0", Error: &bad})
	w.awaitCalls("s", 3)
	w.results("s", openapi.ToolResult{ToolCallID: "call_turn_1_2"})
	events := w.awaitEnds("s", 1)
	last := events[len(events)-1].Data.(openapi.TurnEndedData)
	if last.Status != openapi.TurnStatusCompleted || last.FinishReason != "stop" {
		t.Errorf("got %+v", last)
	}
	said := events[len(events)-2].Data.(openapi.ItemCompletedData)
	if got, want := text(said.Item), `failednullno luck;completed"call_turn_1_1";completednull;`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.sameFold("s")
}

// Who follows learns that a turn is suspended when all of it was read, and waits again when it has gone on.
func TestFollowerOfASuspendedTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["go"] = calls([]string{"first"}, []string{"second"})
	w.create("s")
	f, err := w.Follow(t.Context(), "s", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	untilPaused := func() (last string) {
		for {
			records, err := f.NextUntilPaused(t.Context())
			if errors.Is(err, ErrPaused) {
				return last
			}
			if err != nil {
				t.Fatal(err)
			}
			if last = records[len(records)-1].Type; last == openapi.EventTurnEnded {
				return last
			}
		}
	}
	w.send("s", "go")
	for _, call := range []string{"call_turn_1_0", "call_turn_1_1"} {
		if last := untilPaused(); last != openapi.EventToolRequested {
			t.Errorf("paused after %s", last)
		}
		w.results("s", results(call)...)
	}
	if last := untilPaused(); last != openapi.EventTurnEnded {
		t.Errorf("paused after %s", last)
	}
}

// sameFold holds the stored state against the fold of the log.
func (w *world) sameFold(id string) {
	w.t.Helper()
	row, err := w.store.Session(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var folded state
	for e, err := range w.history(id)(w.t.Context()) {
		if err != nil {
			w.t.Fatal(err)
		}
		folded.fold(e)
	}
	want, err := folded.stored()
	if err != nil {
		w.t.Fatal(err)
	}
	if string(row.State.Data) != string(want.Data) || row.State.Status != want.Status {
		w.t.Errorf("stored %s %s, folded %s %s", row.State.Status, row.State.Data, want.Status, want.Data)
	}
}

// A suspended turn survives a restart of the server.
func TestSuspendedTurnSurvives(t *testing.T) {
	w := newWorld(t)
	w.puppet.scripts["go"] = calls([]string{"first"})
	w.create("s")
	w.send("s", "go")
	w.awaitSuspended("s")
	w.stopNow(w.Service)
	w.start(Config{})
	w.sameFold("s")
	w.results("s", results("call_turn_1_0")...)
	events := w.awaitEnds("s", 1)
	if last := events[len(events)-1].Data.(openapi.TurnEndedData); last.Status != openapi.TurnStatusCompleted {
		t.Errorf("got %s", show(events))
	}
}

func TestResultsThatNobodyWaitsFor(t *testing.T) {
	w := newWorld(t)
	w.puppet.scripts["go"] = calls([]string{"first", "second"})
	w.create("s")
	give := func(execution string, r ...openapi.ToolResult) error {
		_, err := w.ToolResults(t.Context(), "s", execution, r, Idempotency{})
		return err
	}
	want := func(err error, detail string) {
		t.Helper()
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != CodeInvalidRequest || refused.Detail != detail {
			t.Errorf("got %v, want %s", err, detail)
		}
	}
	want(give("", results("call_turn_1_0")...), "no tool call waits for a result")
	w.send("s", "go")
	w.awaitCalls("s", 2)
	want(give("turn_9", results("call_turn_1_0")...), "unknown execution id: turn_9")
	want(give("", results("call_turn_1_0", "other")...), "unknown tool call id: other")
	want(give("", results("call_turn_1_0", "call_turn_1_0")...), "unknown tool call id: call_turn_1_0")
	if err := give("turn_1", results("call_turn_1_0")...); err != nil {
		t.Fatal(err)
	}
	want(give("turn_1", results("call_turn_1_0")...), "unknown tool call id: call_turn_1_0")
	if err := give("", results("call_turn_1_1")...); err != nil {
		t.Fatal(err)
	}
	w.awaitEnds("s", 1)
}

// A turn that is left suspended without a call ends as failed: nothing would ever let it go on but itself. That holds when it
// goes on, too.
func TestSuspendedForNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	legs := 0
	w.puppet.scripts["go"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		if legs++; legs > 1 {
			return adapters.Outcome{Suspended: true}, nil
		}
		return leaves(adapters.Outcome{Suspended: true}, nil)(t.Context(), adapters.Input{}, h)
	}
	w.create("s")
	w.send("s", "go")
	w.awaitSuspended("s")
	w.results("s", results("c")...)
	events := w.awaitEnds("s", 1)
	failed, ok := events[len(events)-2].Data.(openapi.ErrorData)
	if last := events[len(events)-1]; !ok || failed.Message != errCalledNothing.Error() || line(last) != "8 server turn_1 turn.ended failed" {
		t.Errorf("got\n%s", show(events))
	}
	if w.send("s", "next"); legs != 2 {
		t.Errorf("the agent played %d legs", legs)
	}
	w.awaitEnds("s", 2)
	w.sameFold("s")
}

// A new message, a trigger and an interrupt end a suspended turn; what waits runs on.
func TestSuspendedTurnIsAbandoned(t *testing.T) {
	for name, abandon := range map[string]func(*world) error{
		"message": func(w *world) error { w.send("s", "hello"); return nil },
		"trigger": func(w *world) error {
			_, err := w.Trigger(w.t.Context(), "s", TriggerRequest{Trigger: userTrigger("hello")}, Idempotency{})
			return err
		},
		"interrupt": func(w *world) error {
			defer w.send("s", "hello")
			return w.Interrupt(w.t.Context(), "s")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.puppet.scripts["go"] = calls([]string{"first", "second"})
			w.create("s")
			w.send("s", "go")
			w.awaitSuspended("s")
			if err := abandon(w); err != nil {
				t.Fatal(err)
			}
			events := w.awaitEnds("s", 2)
			var cancelled int
			var ends []openapi.TurnStatus
			for _, e := range events {
				switch d := e.Data.(type) {
				case openapi.ToolResolvedData:
					if d.Status == openapi.ToolStatusCancelled {
						cancelled++
					}
				case openapi.TurnEndedData:
					ends = append(ends, d.Status)
				}
			}
			if cancelled != 2 || fmt.Sprint(ends) != "[interrupted completed]" {
				t.Errorf("%d cancelled, ended %v:\n%s", cancelled, ends, show(events))
			}
			w.sameFold("s")
		})
	}
}

// A turn whose calls all have their results when its agent leaves waits for nobody: it goes on before a message that waits.
func TestAnsweredTurnIsNotAbandoned(t *testing.T) {
	w := newWorld(t)
	leave := make(chan struct{})
	play := calls([]string{"first"})
	w.puppet.scripts["go"] = func(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		out, err := play(ctx, in, h)
		if out.Suspended {
			<-leave
		}
		return out, err
	}
	w.create("s")
	w.send("s", "go")
	w.awaitCalls("s", 1)
	w.send("s", "hello")
	w.results("s", results("call_turn_1_0")...)
	close(leave)
	for _, e := range w.awaitEnds("s", 2) {
		if d, ok := e.Data.(openapi.TurnEndedData); ok && d.Status != openapi.TurnStatusCompleted {
			t.Errorf("%s ended %s", d.TurnID, d.Status)
		}
	}
	w.sameFold("s")
}

func TestTerminateOfASuspendedTurn(t *testing.T) {
	w := newWorld(t)
	w.puppet.scripts["go"] = calls([]string{"first"})
	w.create("s")
	w.send("s", "go")
	w.awaitSuspended("s")
	if err := w.Terminate(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	events := w.await("s", typed(openapi.EventSessionEnded))
	if n := len(events); events[n-2].Type() != openapi.EventTurnEnded || events[n-3].Type() != openapi.EventToolResolved {
		t.Errorf("got\n%s", show(events))
	}
}

func userTrigger(text string) openapi.TurnTrigger {
	return openapi.TurnTrigger{Name: "user-message", Input: map[string]any{"USER_MESSAGE": text}, Sender: openapi.Sender{Name: "Ann"}}
}

func TestTrigger(t *testing.T) {
	w := newWorld(t)
	w.create("s")
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("hello")}, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	events := w.awaitEnds("s", 1)
	began := events[1].Data.(openapi.TurnStartedData)
	user := events[3].Data.(openapi.ItemCompletedData)
	if began.Trigger.Name != "user-message" || user.Item.Sender.Name != "Ann" || text(user.Item) != "hello" {
		t.Errorf("got\n%s", show(events))
	}
	for _, bad := range []openapi.TurnTrigger{{Name: "other"}, {Name: "user-message"}, {Name: "user-message", Input: map[string]any{"USER_MESSAGE": 7}}} {
		var refused *Error
		if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: bad}, Idempotency{}); !errors.As(err, &refused) || refused.Code != CodeInvalidRequest {
			t.Errorf("%+v: got %v", bad, err)
		}
	}
}

// A busy session refuses a trigger, or lets it wait where that is wanted.
func TestTriggerOfABusySession(t *testing.T) {
	w := newWorld(t)
	w.create("s")
	w.send("s", "hold")
	var refused *Error
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("now")}, Idempotency{}); !errors.As(err, &refused) || refused.Code != CodeSessionBusy {
		t.Fatalf("got %v", err)
	}
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("later"), Queue: true}, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Interrupt(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	events := w.awaitEnds("s", 2)
	for _, e := range events {
		if d, ok := e.Data.(openapi.TurnStartedData); ok && d.TurnID == "turn_2" && d.Trigger.Name == "user-message" {
			return
		}
	}
	t.Errorf("the trigger was lost:\n%s", show(events))
}
