package uistream_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// TestFoldIsMessages holds for every log that there is: whoever follows the UI stream of a turn and folds it has the message
// that Messages has, but for what is not kept. The readers lose their connection where chance will have it, come back with the last id that they have,
// are asked for calls or come too late for that, and read what has been through JSON.
func TestFoldIsMessages(t *testing.T) {
	t.Parallel()
	const readers = 30
	for name, l := range recorded(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := answers(l)
			for _, turn := range turns(l) {
				byID := map[uistream.ID]string{}
				for seed := range uint64(readers) {
					r := newReader(t, l, turn, seed)
					got := kept(r.read(), l)
					r.checkLegs()
					r.checkIDs(byID)
					r.checkEvents()
					if want[turn] == nil && len(got.Parts) == 0 {
						continue // there was nothing to see
					}
					if got, want := encode(t, got), encode(t, want[turn]); got != want {
						t.Fatalf("reader %d of %s has\n%s\nthe messages say\n%s\nit read\n%v", seed, turn, got, want, brief(r.got))
					}
				}
			}
		})
	}
}

// answers are the messages of turns as they are at the turn's end, or the log's, without their time.
func answers(l *log) map[string]*openapi.UIMessage {
	found := map[string]*openapi.UIMessage{}
	var m uistream.Messages
	turn := ""
	for i, e := range l.events {
		m.Add(e)
		if _, ok := e.Data.(openapi.TurnStartedData); ok {
			turn = e.TurnID
		}
		if _, ok := e.Data.(openapi.TurnEndedData); !ok && i < len(l.events)-1 {
			continue
		}
		for _, message := range m.List(0) {
			if message.ID == uistream.MessageID(turn) {
				message.CreatedAt = ""
				found[turn] = &message
			}
		}
	}
	return found
}

// reader is a client of a UI stream.
type reader struct {
	t      *testing.T
	log    *log
	turn   string
	rand   *rand.Rand
	stream *uistream.Stream
	last   uistream.ID
	away   bool              // the connection is lost
	asked  map[string]bool   // calls that it executes
	got    []uistream.Event  // from the server
	folded []openapi.UIEvent // with its own outputs
}

func newReader(t *testing.T, l *log, turn string, seed uint64) *reader {
	t.Helper()
	r := &reader{t: t, log: l, turn: turn, rand: rand.New(rand.NewPCG(seed, uint64(len(l.events)))), asked: map[string]bool{}}
	r.connect(nil)
	return r
}

// connect begins to read after the last event, from the part of the log that there is.
func (r *reader) connect(log []openapi.Event) {
	r.away = false
	r.stream = uistream.New(r.turn, uistream.Options{After: r.last})
	for _, e := range log {
		r.take(r.stream.Event(e))
	}
}

func (r *reader) read() openapi.UIMessage {
	for i, e := range r.log.events {
		if !r.away {
			r.take(r.stream.Event(e))
		}
		r.suspend()
		r.answer(e)
		if r.chance(10) {
			r.away = true
		}
		if r.away && r.chance(3) || r.chance(20) {
			r.connect(r.log.events[:i+1])
		}
	}
	r.connect(r.log.events)
	return uistream.FoldUI(r.folded)
}

func (r *reader) chance(n int) bool { return r.rand.IntN(n) == 0 }

// suspend ends the leg when the follower thinks that nothing more comes, and sometimes loses its end.
func (r *reader) suspend() {
	if r.away || !r.stream.Waiting() || !r.chance(2) {
		return
	}
	events := r.stream.Suspend()
	if r.chance(3) {
		events = events[:r.rand.IntN(len(events)+1)]
		r.away = true
	}
	r.take(events)
}

// take notes what the server sends.
func (r *reader) take(events []uistream.Event) {
	for _, e := range events {
		if !e.ID.After(r.last) {
			r.t.Fatalf("%s comes after %s", e.ID, r.last)
		}
		r.last = e.ID
		r.got = append(r.got, e)
		for _, c := range e.Data.ToolCalls {
			r.asked[c.ToolCallID] = true
		}
		var u openapi.UIEvent
		if err := json.Unmarshal([]byte(encode(r.t, e.Data)), &u); err != nil {
			r.t.Fatal(err)
		}
		r.folded = append(r.folded, u)
	}
}

// answer is what a client does with a call that it was asked for: it makes the output itself.
func (r *reader) answer(e openapi.Event) {
	d, ok := e.Data.(openapi.ToolResolvedData)
	if !ok || !r.asked[d.ToolCallID] || e.TurnID != r.turn {
		return
	}
	delete(r.asked, d.ToolCallID) // the first answer counts
	switch d.Status {
	case openapi.ToolStatusCompleted:
		r.folded = append(r.folded, openapi.UIEvent{Type: openapi.UIToolOutputAvailable, ToolCallID: d.ToolCallID, Output: d.Result})
	case openapi.ToolStatusFailed:
		r.folded = append(r.folded, openapi.UIEvent{Type: openapi.UIToolOutputError, ToolCallID: d.ToolCallID, Error: d.Error})
	case openapi.ToolStatusCancelled: // it was not the one who did
	}
}

// checkLegs holds that a reader sees whole legs, one after the other, however it came by them.
func (r *reader) checkLegs() {
	last := openapi.UIFinish
	for i, e := range r.got {
		u := e.Data
		switch after := last == openapi.UIFinish || last == openapi.UIError; {
		case after != (u.Type == openapi.UIStart):
			r.t.Fatalf("%s follows on %s: %v", u.Type, last, brief(r.got))
		case (last == openapi.UIToolRequest) != (u.FinishReason == "tool-calls"):
			r.t.Fatalf("%s %s follows on %s: %v", u.Type, u.FinishReason, last, brief(r.got))
		case u.Type == openapi.UIError && i < len(r.got)-1:
			r.t.Fatalf("the turn goes on after an error: %v", brief(r.got))
		}
		last = u.Type
	}
	if over := last == openapi.UIFinish || last == openapi.UIError; len(r.got) > 0 && over != r.stream.Over() && !r.stream.Waiting() {
		r.t.Fatalf("the last is %s, and the stream is over: %t", last, r.stream.Over())
	}
}

// checkEvents holds that the strictest of clients takes every event, and that the AI SDK takes what becomes of them.
func (r *reader) checkEvents() {
	for _, e := range r.got {
		if err := keeps(r.t, e.Data); err != nil {
			r.t.Fatalf("%s: %v", e.ID, err)
		}
	}
	ended := slices.ContainsFunc(r.log.events, func(e openapi.Event) bool {
		_, ok := e.Data.(openapi.TurnEndedData)
		return ok && e.TurnID == r.turn
	})
	if err := pairs(r.got, ended); err != nil {
		r.t.Fatalf("%v\n%s", err, strings.Join(brief(r.got), "\n"))
	}
	chunks(r.t, r.got)
}

// checkIDs holds that an id names the same event for every reader of a turn.
func (r *reader) checkIDs(byID map[uistream.ID]string) {
	for _, e := range r.got {
		said := encode(r.t, e.Data)
		if before := byID[e.ID]; before != "" && before != said {
			r.t.Fatalf("%s is %s for one and %s for another", e.ID, before, said)
		}
		byID[e.ID] = said
	}
}
