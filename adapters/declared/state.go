package declared

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// state is what a session's log says to its agent: a pure fold of the events, durable or just emitted. All that the
// interpreter goes by is in it, so that a turn goes on after a restart as if there had been none.
//
// Its zero value is a session without events.
type state struct {
	sequence  uint64         // of the last durable event
	input     map[string]any // of the session, where a restore has brought it anew; nil = it has not
	variables map[string]any // those that were set
	resources map[string]any // those that were set
	said      []entry        // in all threads
	marks     map[string]int // how much was said up to each UI message, by its id
	calls     map[string]bool
	run       run // of the turn that runs, or of the last one
}

// run is how far a turn has come.
type run struct {
	id       string
	trigger  openapi.TurnTrigger
	items    map[string]bool                      // native ids used
	block    *openapi.BlockStartedData            // that is open
	next     int                                  // the step after it
	from     int                                  // how much was said before it
	requests map[string]openapi.ToolRequestedData // by call
	results  map[string]openapi.ToolResolvedData  // by call
	usage    openapi.UsageUpdatedData
}

// clone is a state that can be changed without the other one.
func (s *state) clone() *state {
	c := *s
	c.said = slices.Clip(s.said)
	c.variables, c.resources = maps.Clone(s.variables), maps.Clone(s.resources)
	c.marks, c.calls = maps.Clone(s.marks), maps.Clone(s.calls)
	c.run.items = maps.Clone(s.run.items)
	c.run.requests, c.run.results = maps.Clone(s.run.requests), maps.Clone(s.run.results)
	return &c
}

// add folds an event.
func (s *state) add(e openapi.Event) {
	s.sequence = max(s.sequence, e.Sequence)
	if e.TurnID != "" && e.TurnID != s.run.id {
		s.run = run{id: e.TurnID}
	}
	switch d := e.Data.(type) {
	case openapi.TurnStartedData:
		s.run.trigger = d.Trigger
	case openapi.BlockStartedData:
		s.startBlock(d)
	case openapi.BlockEndedData:
		s.run.block = nil
	case openapi.ItemStartedData:
		s.note(d.Item)
	case openapi.ItemCompletedData:
		s.note(d.Item)
		s.hear(d.Item)
	case openapi.ToolRequestedData:
		put(&s.calls, d.ToolCallID, true)
		put(&s.run.requests, d.ToolCallID, d)
	case openapi.ToolResolvedData:
		put(&s.run.results, d.ToolCallID, d)
	default:
		s.addValue(d)
	}
}

// addValue folds an event that is no step of a turn.
func (s *state) addValue(data openapi.EventData) {
	switch d := data.(type) {
	case openapi.VariableUpdatedData:
		put(&s.variables, d.Name, decoded(d.Value))
	case openapi.ResourceUpdatedData:
		put(&s.resources, d.Name, decoded(d.Value))
	case openapi.UsageUpdatedData:
		s.run.usage = d
	case openapi.HistoryRolledBackData:
		s.rollBack(d.AfterMessageID)
	case openapi.SessionRestoredData:
		s.restore(d)
	}
}

func (s *state) startBlock(d openapi.BlockStartedData) {
	s.run.block, s.run.next, s.run.from = &d, d.Index+1, len(s.said)
	if d.Type == startThread {
		s.say(entry{thread: threadName(d.Thread), opened: &opening{s.run.trigger.Name, d.Name, d.Index}})
	}
}

// note remembers the names that an item has used up.
func (s *state) note(item openapi.Item) {
	if item.NativeItemID != nil {
		put(&s.run.items, *item.NativeItemID, true)
	}
	for _, c := range item.Content {
		if call, ok := c.Part.(openapi.ToolCallPart); ok {
			put(&s.calls, call.CallID, true)
		}
	}
}

// rollBack drops what was said after a message, in all threads; nil drops all. Variables and resources are no messages.
func (s *state) rollBack(after *string) {
	keep := 0
	if after != nil {
		at, known := s.marks[*after]
		if !known {
			return
		}
		keep = min(at, len(s.said))
	}
	s.said = slices.Clip(s.said[:keep])
	maps.DeleteFunc(s.marks, func(_ string, at int) bool { return at > keep || after == nil })
}

func put[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

// decoded is a JSON value with its numbers as they are written.
func decoded(raw json.RawMessage) any {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}
