package session

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// Message gives a session a message. It returns when that is durable: as the beginning of a turn, as waiting, or as taken into
// the running turn.
func (s *Service) Message(ctx context.Context, id string, req openapi.MessageRequest, once Idempotency) (Accepted, error) {
	c := messageCommand{req.Message, req.Attachments, once}
	if req.Steer {
		return s.steer(ctx, id, c)
	}
	v, err := s.do(ctx, id, c)
	if err != nil {
		return Accepted{}, err
	}
	return v.(Accepted), nil
}

// messageCommand is a message of the caller.
type messageCommand struct {
	Message     string
	Attachments []openapi.Attachment
	Once        Idempotency
}

const messageScope = "message"

func (c messageCommand) apply(o *owner) (any, error) {
	var first Accepted
	if known, err := o.recall(c.Once, messageScope, &first); known || err != nil {
		return first, err
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	if err := o.takes(c.Attachments); err != nil {
		return nil, err
	}
	if o.saysMessages() {
		t := openapi.TurnTrigger{Name: userMessageTrigger, Input: map[string]any{userMessageInput: c.Message}}
		return o.fire(TriggerRequest{Trigger: t, Queue: true}, c.Once, messageScope)
	}
	return o.accept(c)
}

// busy says whether what comes now has to wait.
func (o *owner) busy() bool { return o.turn != nil || len(o.w.state.Queue) > 0 }

// admit refuses one more turn: where it would have to wait, when too many do; else when its agent would find no place.
func (o *owner) admit() error {
	refused := &Error{Code: CodeLimitExceeded, SessionID: o.w.id}
	switch busy := o.busy(); {
	case busy && len(o.w.state.Queue) >= o.service.cfg.Queue:
		refused.Detail = "too many messages wait"
	case !busy && o.service.places.full(o.seat):
		refused.Detail = "too many agents run"
	default:
		return nil
	}
	return refused
}

// accept appends the message: as a turn when the session is free, else as waiting.
func (o *owner) accept(c messageCommand) (any, error) {
	if err := o.admit(); err != nil {
		return nil, err
	}
	a := Accepted{TurnID: "turn_" + strconv.Itoa(o.w.state.Messages+1), Sequence: o.w.last + 1}
	if o.suspended() {
		o.abandon()
		a.Sequence = o.w.last + 1
	}
	receipt, err := c.Once.receipt(o.scope(messageScope), o.w.now(), a, a.Sequence)
	if err != nil {
		return nil, err
	}
	if o.busy() {
		o.queue(a.TurnID, c)
		return a, o.commit(receipt)
	}
	return a, o.begin(input(a.TurnID, c.Message, c.Attachments), receipt)
}

// takes refuses attachments that the agent would not see.
func (o *owner) takes(attachments []openapi.Attachment) error {
	if len(attachments) == 0 || o.adapter == nil {
		return nil
	}
	about := o.adapter.Info(context.Background())
	for _, a := range attachments {
		switch {
		case !about.Capabilities.FileAttachments:
			return invalid("attachments: not supported by agent %s", about.ID)
		case a.IsImage() && !about.Capabilities.Images:
			return invalid("attachments: %s is an image, and agent %s takes none", a.Path, about.ID)
		}
	}
	return nil
}

func (o *owner) queue(turn string, c messageCommand) {
	attachments := c.Attachments
	if attachments == nil {
		attachments = []openapi.Attachment{}
	}
	o.w.append(openapi.MessageQueuedData{
		Message:     c.Message,
		Attachments: attachments,
		Position:    len(o.w.state.Queue) + 1,
	}, byServer, turn, nil)
}

// next begins the turn of the message that waited longest.
func (o *owner) next() error {
	for o.turn == nil && o.w.state.Turn == nil && len(o.w.state.Queue) > 0 && len(o.ends) == 0 && o.stop.Err() == nil {
		first := o.w.state.Queue[0]
		m, err := o.queued(first)
		if err != nil {
			if err := o.spoil(first.TurnID); err != nil {
				return err
			}
			continue
		}
		in := input(first.TurnID, m.Message, m.Attachments)
		if m.Trigger.Name != "" {
			in = triggerInput(first.TurnID, m.Trigger)
		}
		if err := o.begin(in, nil); err != nil {
			return err
		}
	}
	return nil
}

// spoil plays a waiting message that the log cannot give back: the session goes on without it, and says so.
func (o *owner) spoil(turn string) error {
	o.w.append(openapi.TurnStartedData{Phase: openapi.TurnStartedPhaseStarted, TurnID: turn}, byServer, turn, nil)
	o.emit(errorData(string(CodeInternal), "the waiting message is unreadable", nil))
	o.endTurn(openapi.TurnStatusFailed, "")
	return o.commit(nil)
}

// queued reads a waiting message from the log.
func (o *owner) queued(q waiting) (openapi.MessageQueuedData, error) {
	e, err := readEvent(context.Background(), o.w.store, o.w.id, q.Sequence)
	if err != nil {
		return openapi.MessageQueuedData{}, err
	}
	m, _ := e.Data.(openapi.MessageQueuedData)
	return m, nil
}

// readEvent reads one event of a log.
func readEvent(ctx context.Context, st store.Store, session string, sequence uint64) (openapi.Event, error) {
	var e openapi.Event
	records, err := st.Read(ctx, session, sequence-1, store.Page{Limit: 1})
	if err != nil {
		return e, err
	}
	if len(records) == 0 || records[0].Sequence != sequence {
		return e, unreadable(session, store.ErrCorrupt)
	}
	return e, json.Unmarshal(records[0].JSON, &e)
}

// input is what a turn's agent gets.
func input(turn, message string, attachments []openapi.Attachment) adapters.Input {
	return adapters.Input{
		Number:      turnNumber(turn),
		TurnID:      turn,
		Text:        prompt(message, attachments),
		Message:     message,
		Attachments: attachments,
	}
}

// prompt is the text that an agent is given: the message, and below it the paths of what is attached.
func prompt(message string, attachments []openapi.Attachment) string {
	var b strings.Builder
	b.WriteString(message)
	if len(attachments) > 0 {
		b.WriteString("\n\nAttachments:\n")
	}
	for _, a := range attachments {
		b.WriteString("- " + a.Path + "\n")
	}
	return strings.TrimSpace(b.String())
}

func turnNumber(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "turn_")) // our own ids
	return n
}

// recall answers a command that was answered before.
func (o *owner) recall(once Idempotency, operation string, answer any) (bool, error) {
	return once.recall(context.Background(), o.w.store, o.scope(operation), o.w.now(), answer)
}

// scope keeps the keys of this session apart from those of another one that has, or had, the same id.
func (o *owner) scope(operation string) string { return scope(operation, o.w.prefix+o.w.id) }

// open refuses what a session that has ended, or is about to, does not take.
func (o *owner) open() error {
	if o.w.state.Ended || len(o.ends) > 0 {
		return &Error{Code: CodeInvalidRequest, Detail: "session terminated", SessionID: o.w.id}
	}
	return nil
}
