package uistream

import (
	"time"

	"github.com/parleyhq/parley/openapi"
)

// Messages folds the events of a session, fed from its first one on and in order, to its UI messages. The zero value is a
// session without messages. It is not safe for concurrent use.
type Messages struct {
	list   []*message
	turn   *turn // that runs
	answer *message
	sender openapi.Sender // of the trigger
	fired  map[string]int // how many messages came before a trigger, by the id of the message that a client fired it with
}

// message is one of the list: an agent's turn, or what somebody has said.
type message struct {
	openapi.UIMessage
	fold *fold // of a turn
}

// Add folds one event.
func (m *Messages) Add(e openapi.Event) {
	switch d := e.Data.(type) {
	case openapi.TurnStartedData:
		m.begin(e, d)
	case openapi.HistoryRolledBackData:
		m.rollBack(d.AfterMessageID)
	case openapi.SessionRestoredData:
		m.restore(e, d)
	case openapi.ItemCompletedData:
		if userMessage(d.Item) {
			m.user(e, d.Item)
		}
	}
	m.follow(e)
}

// begin begins a turn. Its message is listed with its first part.
func (m *Messages) begin(e openapi.Event, d openapi.TurnStartedData) {
	m.turn, m.sender = newTurn(e.TurnID), d.Trigger.Sender
	m.answer = &message{fold: newFold(MessageID(e.TurnID))}
	if d.Trigger.MessageID != "" {
		put(&m.fired, d.Trigger.MessageID, len(m.list))
	}
}

// follow adds to the message of the turn that runs.
func (m *Messages) follow(e openapi.Event) {
	if m.turn == nil || e.TurnID != m.turn.id {
		return
	}
	for _, u := range m.turn.add(e) {
		m.answer.fold.add(u)
	}
	if a := m.answer; a.CreatedAt == "" && len(a.fold.parts) > 0 {
		a.CreatedAt = timestamp(e.Time)
		m.list = append(m.list, a)
	}
	if m.turn.ended {
		m.turn, m.answer = nil, nil
	}
}

// List gives the messages as clients of an era take them. It is the caller's.
func (m *Messages) List(era Era) []openapi.UIMessage {
	list := make([]openapi.UIMessage, len(m.list))
	for i, x := range m.list {
		list[i] = x.as(era)
	}
	return list
}

func (x *message) id() string {
	if x.fold != nil {
		return x.fold.id
	}
	return x.ID
}

func (x *message) as(era Era) openapi.UIMessage {
	if x.fold != nil {
		answer := x.fold.message(era)
		answer.CreatedAt = x.CreatedAt
		return answer
	}
	fitted := x.UIMessage
	fitted.Parts = []openapi.UIPart{}
	for _, p := range x.Parts {
		if p, ok := fit(p, era); ok {
			fitted.Parts = append(fitted.Parts, p)
		}
	}
	return fitted
}

func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
