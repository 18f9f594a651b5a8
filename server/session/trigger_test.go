package session

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func refusedBy(err error) Code {
	var refused *Error
	if !errors.As(err, &refused) {
		return ""
	}
	return refused.Code
}

// Triggers wait in the same queue as messages, which has an end.
func TestTriggersThatWaitAreCounted(t *testing.T) {
	w := newWorld(t)
	w.stopNow(w.Service)
	w.start(Config{Queue: 1})
	w.create("s")
	w.send("s", "hold")
	fire := func() error {
		_, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("later"), Queue: true}, Idempotency{})
		return err
	}
	if err := fire(); err != nil {
		t.Fatal(err)
	}
	if err := fire(); refusedBy(err) != CodeLimitExceeded {
		t.Errorf("got %v", err)
	}
}

// A message that is nothing but white space is no message, also when it comes by a trigger.
func TestTriggerThatSaysNothing(t *testing.T) {
	w := newWorld(t)
	w.create("s")
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger(" \n")}, Idempotency{}); refusedBy(err) != CodeInvalidRequest {
		t.Errorf("got %v", err)
	}
}

// What a turn that runs builds on cannot be taken back.
func TestRollbackOfABusySession(t *testing.T) {
	w := newWorld(t)
	w.puppet.says = true
	w.create("s")
	w.send("s", "hold")
	r := TriggerRequest{Trigger: userTrigger("again"), Rollback: true, Queue: true}
	if _, err := w.Trigger(t.Context(), "s", r, Idempotency{}); refusedBy(err) != CodeSessionBusy {
		t.Errorf("got %v", err)
	}
}

// The keys of messages are messages', whatever the agent makes of one.
func TestMessageKeysOfAnAgentThatSaysMessages(t *testing.T) {
	w := newWorld(t)
	w.puppet.says = true
	w.create("s")
	once := Idempotency{Key: "k", Hash: []byte("message")}
	send := func() (Accepted, error) {
		return w.Message(t.Context(), "s", openapi.MessageRequest{Message: "hello"}, once)
	}
	first, err := send()
	if err != nil {
		t.Fatal(err)
	}
	w.awaitEnds("s", 1)
	other := Idempotency{Key: "k", Hash: []byte("trigger")}
	if a, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("hello")}, other); err != nil || a.TurnID != "turn_2" {
		t.Fatalf("a trigger of the same key: got %+v, %v", a, err)
	}
	w.awaitEnds("s", 2)
	if err := w.Terminate(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	if again, err := send(); err != nil || again != first {
		t.Errorf("got %+v, %v; want %+v", again, err, first)
	}
}

// A message that is refused because too many agents run leaves a suspended turn as it is.
func TestRefusedMessageAbandonsNothing(t *testing.T) {
	w := newWorld(t)
	w.stopNow(w.Service)
	w.start(Config{Agents: 1})
	w.puppet.scripts["go"] = calls([]string{"first"})
	w.create("a")
	w.create("b")
	w.send("a", "go")
	w.awaitSuspended("a")
	w.send("b", "hold")
	w.await("b", spoke)
	if _, err := w.Message(t.Context(), "a", openapi.MessageRequest{Message: "x"}, Idempotency{}); refusedBy(err) != CodeLimitExceeded {
		t.Fatalf("got %v", err)
	}
	w.results("a", results("call_turn_1_0")...)
	if err := w.Interrupt(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	events := w.awaitEnds("a", 1)
	if last := events[len(events)-1].Data.(openapi.TurnEndedData); last.Status != openapi.TurnStatusCompleted {
		t.Errorf("got\n%s", show(events))
	}
}

// Who has seen the call of a tool may fire at once, also while the agent is just leaving the turn for it.
func TestTriggerOfATurnThatIsBeingLeft(t *testing.T) {
	w := newWorld(t)
	leave := make(chan struct{})
	play := calls([]string{"first"})
	w.puppet.scripts["go"] = func(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		out, err := play(ctx, in, h)
		<-leave // also when it is interrupted meanwhile
		return out, err
	}
	w.create("s")
	w.send("s", "go")
	w.awaitCalls("s", 1)
	fire := func() error {
		_, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("hello")}, Idempotency{})
		return err
	}
	if err := fire(); err != nil {
		t.Fatal(err)
	}
	if err := fire(); refusedBy(err) != CodeSessionBusy {
		t.Errorf("one waits already: got %v", err)
	}
	close(leave)
	var ends []openapi.TurnStatus
	for _, e := range w.awaitEnds("s", 2) {
		if d, ok := e.Data.(openapi.TurnEndedData); ok {
			ends = append(ends, d.Status)
		}
	}
	if !slices.Equal(ends, []openapi.TurnStatus{openapi.TurnStatusInterrupted, openapi.TurnStatusCompleted}) {
		t.Errorf("turns ended %v", ends)
	}
}

// A trigger that waits for a turn to be left is dropped when whoever has fired it leaves.
func TestTriggerThatNobodyWaitsFor(t *testing.T) {
	w := newWorld(t)
	leave := make(chan struct{})
	play := calls([]string{"first"})
	w.puppet.scripts["go"] = func(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		out, err := play(ctx, in, h)
		<-leave
		return out, err
	}
	w.create("s")
	w.send("s", "go")
	w.awaitCalls("s", 1)
	a, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("hello")}, Idempotency{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.InterruptTurn(t.Context(), "s", a.TurnID); err != nil {
		t.Fatal(err)
	}
	close(leave)
	var dropped []openapi.MessageDropReason
	for _, e := range w.awaitEnds("s", 1) {
		if d, ok := e.Data.(openapi.MessageDroppedData); ok && e.TurnID == a.TurnID {
			dropped = append(dropped, d.Reason)
		}
	}
	if !slices.Equal(dropped, []openapi.MessageDropReason{openapi.MessageDropReasonAbandoned}) {
		t.Errorf("dropped: %v", dropped)
	}
	if info, err := w.Get(t.Context(), "s"); err != nil || info.Status != openapi.SessionStatusIdle || info.QueuedMessages != 0 {
		t.Errorf("got %+v, %v", info, err)
	}
	w.sameFold("s")
}
