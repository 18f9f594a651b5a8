package session

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// TriggerRequest is a trigger on its way to a session.
type TriggerRequest struct {
	Trigger openapi.TurnTrigger
	// Rollback drops what came after the message RollbackAfter first; everything when that is nil.
	Rollback      bool
	RollbackAfter *string
	// Queue lets the trigger wait while a turn runs; without it a busy session refuses by CodeSessionBusy.
	Queue bool
}

// Trigger fires a trigger: it begins a turn. It returns when that is durable. A turn that waits for tools of the client is
// given up for it.
func (s *Service) Trigger(ctx context.Context, id string, r TriggerRequest, once Idempotency) (Accepted, error) {
	v, err := s.do(ctx, id, triggerCommand{r, once})
	if err != nil {
		return Accepted{}, err
	}
	return v.(Accepted), nil
}

// CheckTrigger refuses a trigger that a new session of an agent would not take.
func (s *Service) CheckTrigger(agent string, input map[string]any, r TriggerRequest) error {
	a := s.find(agent)
	if a == nil {
		return &Error{Code: CodeAgentNotFound, Detail: agent, Agent: agent}
	}
	return checkTrigger(a, adapters.Options{Input: input}, agent, r)
}

type triggerCommand struct {
	TriggerRequest
	Once Idempotency
}

const triggerScope = "trigger" // of results too: one route takes both

func (c triggerCommand) apply(o *owner) (any, error) {
	var first Accepted
	if known, err := o.recall(c.Once, triggerScope, &first); known || err != nil {
		return first, err
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	return o.fire(c.TriggerRequest, c.Once, triggerScope)
}

// fire appends a trigger: as a turn, or as waiting. operation is the scope of its key.
func (o *owner) fire(r TriggerRequest, once Idempotency, operation string) (any, error) {
	if err := o.mayFire(r); err != nil {
		return nil, err
	}
	a := Accepted{TurnID: "turn_" + strconv.Itoa(o.w.state.Messages+1), Sequence: o.w.last + 1}
	if o.suspended() {
		o.abandon()
		a.Sequence = o.w.last + 1
	}
	receipt, err := once.receipt(o.scope(operation), o.w.now(), a, a.Sequence)
	if err != nil {
		return nil, err
	}
	if o.busy() {
		waits := !r.Queue && o.waitsForClient()
		o.w.append(openapi.MessageQueuedData{
			Message:     said(r.Trigger),
			Attachments: []openapi.Attachment{},
			Position:    len(o.w.state.Queue) + 1,
			Trigger:     r.Trigger,
		}, byServer, a.TurnID, nil)
		if err := o.commit(receipt); err != nil {
			return nil, err
		}
		if waits {
			o.interrupt()
		}
		return a, nil
	}
	if r.Rollback {
		o.w.append(openapi.HistoryRolledBackData{AfterMessageID: r.RollbackAfter}, byServer, "", nil)
	}
	return a, o.begin(triggerInput(a.TurnID, r.Trigger), receipt)
}

// mayFire refuses what cannot be fired, or not now. What a turn that runs builds on cannot be rolled back.
func (o *owner) mayFire(r TriggerRequest) error {
	occupied := &Error{Code: CodeSessionBusy, Detail: o.w.id, SessionID: o.w.id}
	if o.busy() && !r.Queue && !o.waitsForClient() {
		return occupied
	}
	if err := checkTrigger(o.adapter, o.data.options(o.w.id, o.w.state.NativeID), o.data.Agent, r); err != nil {
		return err
	}
	if r.Rollback && o.busy() {
		return occupied
	}
	return o.admit()
}

// waitsForClient says whether the running turn's agent waits for tools of the client: a client that triggers anew instead has
// given them up.
func (o *owner) waitsForClient() bool {
	st := o.w.state
	return o.turn != nil && !o.turn.interrupted && len(st.Queue) == 0 && len(st.Requests) > 0 &&
		!slices.ContainsFunc(st.Requests, func(r request) bool { return !r.Tool })
}

// checkTrigger refuses what an agent, named so, does not take at any time.
func checkTrigger(a adapters.Adapter, o adapters.Options, name string, r TriggerRequest) error {
	if err := fires(a, o, r.Trigger); err != nil {
		return err
	}
	if r.Rollback && !saysMessages(a) {
		return invalid("rollbackAfterMessageId: not supported by agent %s", name)
	}
	return nil
}

// fires refuses a trigger that the agent does not take. Every agent that has none of its own takes user-message.
func fires(a adapters.Adapter, o adapters.Options, t openapi.TurnTrigger) error {
	if a, ok := a.(adapters.Triggerer); ok {
		err := a.CheckTrigger(context.Background(), o, t)
		var option *adapters.OptionError
		if errors.As(err, &option) {
			return invalid("%s", option.Error())
		}
		return err
	}
	if t.Name != userMessageTrigger {
		return invalid("unknown trigger: %s", t.Name)
	}
	if text, ok := t.Input[userMessageInput].(string); !ok || strings.TrimSpace(text) == "" {
		return invalid("input/%s: a text is required", userMessageInput)
	}
	return nil
}

// saysMessages says whether the agent itself emits what the user says. Its state is the log then, so that what is rolled back
// is gone for it too.
func (o *owner) saysMessages() bool { return saysMessages(o.adapter) }

func saysMessages(a adapters.Adapter) bool {
	return a != nil && a.Info(context.Background()).SaysMessages
}

// triggerInput is what a turn's agent gets of a trigger.
func triggerInput(turn string, t openapi.TurnTrigger) adapters.Input {
	in := input(turn, said(t), nil)
	in.Trigger = &t
	return in
}
