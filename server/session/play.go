package session

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// begin appends the start of a turn and lets the agent play it. A message without any text is a turn without an agent.
func (o *owner) begin(in adapters.Input, receipt *store.Receipt) error {
	began := openapi.TurnStartedData{Phase: openapi.TurnStartedPhaseStarted, TurnID: in.TurnID}
	if in.Trigger != nil {
		began.Trigger = *in.Trigger
	}
	o.w.append(began, byServer, in.TurnID, nil)
	if in.Text == "" && in.Trigger == nil {
		o.endTurn(openapi.TurnStatusCompleted, "")
		return o.commit(receipt)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := newTurn(in.TurnID, cancel)
	t.items = newStamper(&o.w, t.id)
	if in.Text != "" && !o.saysMessages() {
		name, from := o.userItem(in.Number)
		t.items.user(name, from, in.Text, began.Trigger.Sender)
	}
	if err := o.commit(receipt); err != nil {
		cancel()
		return err
	}
	o.turn = t
	go o.play(ctx, t, in, o.w.state.NativeID)
	return nil
}

// userItem names the user's message: as the agent itself does, or as the server's.
func (o *owner) userItem(number int) (string, origin) {
	if n, ok := o.adapter.(adapters.UserNamer); ok {
		return n.UserItemID(number), byAgent
	}
	return fmt.Sprintf("user_%d", number), byServer
}

// play is the turn's own goroutine: it runs the agent and hands over how that ended.
func (o *owner) play(ctx context.Context, t *turn, in adapters.Input, native string) {
	defer close(t.done)
	defer t.cancel()
	outcome, err := o.perform(ctx, t, in, native)
	if err != nil {
		o.seat.close(o.service.cfg.Grace)
	}
	o.seat.rest()
	_ = t.put(entry{end: &ending{outcome, err}}) // refused only when the owner has failed, which does not wait for it
}

// perform plays the turn on the session's agent, which it opens where there is none. A panic is the adapter's fault.
func (o *owner) perform(ctx context.Context, t *turn, in adapters.Input, native string) (out adapters.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("adapter panicked: %v", p)
			o.log.Error("adapter panicked", "turn", t.id, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	agent, err := o.seat.open(ctx, func(ctx context.Context) (adapters.Agent, error) { return o.openAgent(ctx, native) })
	if err != nil {
		return out, err
	}
	return agent.Turn(ctx, in, t)
}

// openAgent starts the session's agent under the name that it had when the turn began.
func (o *owner) openAgent(ctx context.Context, native string) (adapters.Agent, error) {
	if o.adapter == nil {
		return nil, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, o.data.Agent)
	}
	options := o.data.options(o.w.id, native)
	if len(o.data.ClientTools) > 0 {
		options = o.service.withTools(options, o.data.ClientTools, o.service.tools.give(o))
	}
	options.History = func(ctx context.Context, after uint64) iter.Seq2[openapi.Event, error] {
		return o.service.historyAfter(o.w.id, after)(ctx)
	}
	return o.adapter.Open(ctx, options)
}

// drain appends what the agent has said since the last time, in as few commits as there are requests and ends.
func (o *owner) drain() {
	t := o.turn
	entries := t.drain(o.spare)
	for _, e := range entries {
		if o.err != nil || o.turn != t {
			break // nothing can be written, or the turn is over: who still waits for it is released
		}
		switch {
		case e.output != nil:
			t.items.write(e.output)
			o.told(e.output)
		case e.ask != nil:
			t.called = t.called || e.ask.tool != nil
			o.ask(e.ask)
		case e.overdue != nil:
			o.overdue(e.overdue)
		case e.withdraw != nil:
			o.withdraw(e.withdraw)
		case e.end != nil:
			o.finish(e.end)
		}
	}
	if o.err == nil {
		_ = o.commit(nil) // noted by check
	}
	clear(entries)
	o.spare = entries
}

// errTurnOver answers what an agent says after its turn.
var errTurnOver = errors.New("session: the turn is over")

// errCalledNothing ends a turn that would wait for nothing: let go on, it would do so again, for ever.
var errCalledNothing = errors.New("the agent left its turn suspended, but called no tool")

// finish ends the turn as the agent has ended it, and begins the next one.
func (o *owner) finish(e *ending) {
	<-o.turn.done
	o.turn.fail(errTurnOver) // whoever still waits for it waits for nothing
	if e.err == nil && e.outcome.Suspended && !o.turn.interrupted {
		if o.turn.called {
			o.suspend()
			return
		}
		e.err = errCalledNothing
	}
	status := e.outcome.Status
	switch {
	case e.err == nil && status != "":
	case o.turn.interrupted:
		status = openapi.TurnStatusInterrupted
	default:
		status = openapi.TurnStatusFailed
		o.emit(failure(e.err))
	}
	o.closeRequests()
	o.endTurn(status, e.outcome.FinishReason)
	o.turn = nil
	o.force.Stop()
	o.settle()
}

// settle does what waited for the turn to end. A termination is one commit with the end of its turn, so that whoever sees
// the turn's end knows that the session's follows.
func (o *owner) settle() {
	switch {
	case len(o.ends) > 0:
		_ = o.end() // those who wait for it are told
	case o.commit(nil) == nil:
		o.check(o.next())
	}
}

// endTurn appends the turn's end, and why the model stopped, where that is known.
func (o *owner) endTurn(status openapi.TurnStatus, reason string) {
	o.emit(openapi.TurnEndedData{Phase: openapi.TurnEndedPhaseEnded, TurnID: o.turnID(), Status: status, FinishReason: reason})
}

// failure says why an agent could not go on.
func failure(err error) openapi.ErrorData {
	var exit *adapters.ExitError
	switch {
	case err == nil:
		return errorData("agent_error", "the agent ended its turn without an outcome", nil)
	case errors.As(err, &exit):
		return errorData("process_exit", exit.Error(), exitDetails(exit))
	case errors.Is(err, adapters.ErrNotInstalled):
		return errorData(string(CodeAgentNotInstalled), err.Error(), nil)
	}
	return errorData("agent_error", err.Error(), nil)
}

func exitDetails(e *adapters.ExitError) map[string]any {
	d := map[string]any{"stderr": e.Stderr}
	if e.ExitCode != nil {
		d["exit_code"] = *e.ExitCode
	}
	if e.Signal != "" {
		d["signal"] = e.Signal
	}
	return d
}

func errorData(code, message string, details map[string]any) openapi.ErrorData {
	d := openapi.ErrorData{Message: message, Code: &code}
	if details != nil {
		d.Details = details
	}
	return d
}
