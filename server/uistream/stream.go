package uistream

import "github.com/parleyhq/parley/openapi"

// Stream gives the UI events of one turn. It is fed the session's events from the turn's turn.started on, in order and
// without gaps; events of other turns change nothing. It is not safe for concurrent use.
//
// The stream is cut into legs, one for each request of a client. A leg begins with start and ends with finish or error. It
// ends with the turn, or by Suspend: then with one tool-request and finish tool-calls.
//
// Ids do not depend on the reader or on when it reads, but for one thing that the log does not say, where a leg was
// suspended. That is taken from Options.After: it names an event that only a suspension gives. A reader that names no event
// goes on with the results of its calls by a stream that was fed what came before them, and suspended.
type Stream struct {
	options Options
	turn    *turn
	next    ID              // of the next UI event
	leg     bool            // start was given, and no end
	over    bool            // the end of a leg was handed out
	asked   map[string]bool // calls that this reader was asked for, by id
	out     []Event
}

// Options are what a stream must be told that is not in the events of its turn.
type Options struct {
	// After is the last UI event that the reader has; nothing up to it is given again. Zero gives the whole turn.
	//
	// A reader that was asked for a call makes its output itself, and does not get it: who was asked in this stream, or by a
	// suspension that ends at After. All others get it as tool-output-available or tool-output-error; for a client that made
	// it already this changes nothing.
	After ID
	// Skipped is told what the reader has; may be nil. An AISDK that goes on with a turn has to know it.
	Skipped   func(openapi.UIEvent)
	SessionID string // told in start; may be empty
}

// New makes the stream of a turn.
func New(turnID string, o Options) *Stream {
	return &Stream{options: o, turn: newTurn(turnID), asked: map[string]bool{}}
}

// MessageID is the id of the one message that an agent's turn becomes.
func MessageID(turnID string) string { return "msg_" + turnID }

// Event gives the UI events that an event of the log becomes, and those that the end of a turn adds.
func (s *Stream) Event(e openapi.Event) []Event {
	if s.turn.ended || e.TurnID != s.turn.id || !s.begin(e) {
		return nil
	}
	for _, u := range s.turn.add(e) {
		s.say(u)
	}
	s.over, s.leg = s.turn.ended, !s.turn.ended
	if e.Sequence == s.options.After.Sequence {
		s.catchUp()
	}
	return s.take()
}

// Suspend ends the leg: all open calls go out in one tool-request. It is called when nothing more comes before they are
// answered. Without open calls, and between legs, it does nothing.
func (s *Stream) Suspend() []Event {
	s.suspend()
	return s.take()
}

// Waiting says whether calls are open that the client has to execute.
func (s *Stream) Waiting() bool { return len(s.turn.waiting()) > 0 }

// Asks says whether Suspend would end the leg.
func (s *Stream) Asks() bool { return s.leg && s.Waiting() }

// Over says whether the leg is over: its end was handed out, or the turn has ended.
func (s *Stream) Over() bool { return s.over }

// begin starts a leg where none runs. The start of a later leg belongs to the suspension before it, so that the ids of what
// follows are those that they would have without a suspension.
func (s *Stream) begin(e openapi.Event) bool {
	_, first := e.Data.(openapi.TurnStartedData)
	if started := s.next.Sequence > 0; started == first {
		return false // not yet, or once more
	}
	if first {
		s.next.Sequence = e.Sequence
	}
	s.start()
	if !first {
		s.next = ID{Sequence: e.Sequence}
	}
	return true
}

func (s *Stream) start() {
	if s.leg {
		return
	}
	s.leg = true
	s.say(said{UIEvent: openapi.UIEvent{
		Type: openapi.UIStart, MessageID: MessageID(s.turn.id), ExecutionID: s.turn.id,
		SessionID: s.options.SessionID,
	}})
}

func (s *Stream) suspend() {
	if !s.Asks() {
		return
	}
	calls := s.turn.waiting()
	for _, c := range calls {
		s.asked[c.ToolCallID] = s.turn.calls[c.ToolCallID].shown // else its client has nothing to add the output to
	}
	s.leg = false
	s.say(said{UIEvent: openapi.UIEvent{Type: openapi.UIToolRequest, ToolCalls: calls}})
	s.over = s.say(said{UIEvent: openapi.UIEvent{Type: openapi.UIFinish, FinishReason: finishToolCalls}})
}

// suspension is how many UI events a suspension and the next leg's start are: tool-request, finish, start.
const suspension = 3

// catchUp repeats the suspension that the reader has seen at the event that was just fed: the reader names more UI events
// than come of it.
func (s *Stream) catchUp() {
	beyond := s.options.After.Index - s.next.Index
	if beyond < 0 || s.turn.ended || !s.Waiting() {
		return
	}
	s.next.Index += beyond / suspension * suspension
	s.suspend()
	if beyond%suspension == suspension-1 {
		s.start()
	}
}

// say numbers a UI event, and hands it out unless the reader has it.
func (s *Stream) say(u said) bool {
	id := s.next
	s.next.Index++
	switch {
	case s.asked[u.call]: // its output is the reader's own
		return false
	case id.After(s.options.After):
		s.out = append(s.out, Event{id, u.UIEvent})
		return true
	case s.options.Skipped != nil:
		s.options.Skipped(u.UIEvent)
	}
	return false
}

func (s *Stream) take() []Event {
	out := s.out
	s.out = nil
	return out
}
