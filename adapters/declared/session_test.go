package declared

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// session is a session with a log as the server's has it: turns begin and end in it, and requests are resolved. Unlike
// adaptertest's it fires triggers, suspends turns and rolls back.
type session struct {
	test    testing.TB
	adapter adapters.Adapter
	options adapters.Options
	agent   adapters.Agent
	restart bool // a new agent for each Turn
	read    int  // events that the agent has read

	mu      sync.Mutex
	log     []openapi.Event
	changed chan struct{}
	items   map[string]string // ids, by turn and native id
	turns   int
	turn    string
	trigger openapi.TurnTrigger
}

func newSession(t testing.TB, a adapters.Adapter, o adapters.Options) *session {
	s := &session{test: t, adapter: a, options: o, items: map[string]string{}, changed: make(chan struct{})}
	s.options.History = func(_ context.Context, after uint64) iter.Seq2[openapi.Event, error] { return s.history(after) }
	t.Cleanup(func() { s.close() })
	return s
}

// history reads the log as a store gives it: as JSON.
func (s *session) history(after uint64) iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		for _, e := range s.events() {
			if e.Sequence <= after {
				continue
			}
			s.read++
			if !yield(stored(s.test, e), nil) {
				return
			}
		}
	}
}

func stored(t testing.TB, e openapi.Event) openapi.Event {
	t.Helper()
	line, err := e.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back openapi.Event
	if err := json.Unmarshal(line, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func (s *session) events() []openapi.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

func (s *session) append(data openapi.EventData) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := uint64(len(s.log) + 1)
	e := openapi.Event{
		EventID: fmt.Sprintf("evt_1_%d", n), Sequence: n, Time: time.Unix(int64(n), 0), SessionID: "test",
		Source: openapi.EventSourceAgent, TurnID: s.turn, Data: data,
	}
	adaptertest.Valid(s.test, e)
	s.log = append(s.log, e)
	close(s.changed)
	s.changed = make(chan struct{})
}

// Emit implements adapters.Host.
func (s *session) Emit(o openapi.Output) error {
	switch o := o.(type) {
	case openapi.ItemStarted:
		s.append(openapi.ItemStartedData{Item: s.named(o.Item)})
	case openapi.ItemDelta:
		s.append(openapi.ItemDeltaData{ItemID: s.id(o.NativeItemID), NativeItemID: &o.NativeItemID, Delta: o.Delta, Part: o.Part})
	case openapi.ItemCompleted:
		s.append(openapi.ItemCompletedData{Item: s.named(o.Item)})
	default:
		s.append(adaptertest.Events([]openapi.Output{o})[0].Data)
	}
	return nil
}

func (s *session) named(item openapi.Item) openapi.Item {
	item.ItemID = s.id(*item.NativeItemID)
	return item
}

func (s *session) id(native string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.turn + " " + native
	if s.items[key] == "" {
		s.items[key] = fmt.Sprintf("itm_%d", len(s.items)+1)
	}
	return s.items[key]
}

// CallTool implements adapters.Host.
func (s *session) CallTool(c adapters.ToolCall) (adapters.Pending[adapters.ToolResult], error) {
	d := openapi.ToolRequestedData{
		ToolCallID: c.ID, Name: c.Name, Arguments: c.Arguments, Source: c.Source, Thread: c.Thread,
		OutputVariable: c.OutputVariable, BlockIndex: c.BlockIndex,
	}
	if c.NativeItemID != "" {
		d.ItemID = s.id(c.NativeItemID)
	}
	s.append(d)
	return nil, nil
}

// AskPermission implements adapters.Host.
func (s *session) AskPermission(adapters.PermissionRequest) (adapters.Pending[openapi.PermissionReply], error) {
	return nil, fmt.Errorf("nobody asks permissions here")
}

// AskQuestion implements adapters.Host.
func (s *session) AskQuestion(adapters.QuestionRequest) (adapters.Pending[adapters.QuestionReply], error) {
	return nil, fmt.Errorf("nobody asks questions here")
}

// close closes the agent; the next Turn opens another one.
func (s *session) close() {
	if s.agent == nil {
		return
	}
	if err := s.agent.Close(context.Background()); err != nil {
		s.test.Error(err)
	}
	s.agent = nil
}

// say fires user-message.
func (s *session) say(text string) adapters.Outcome {
	s.test.Helper()
	return s.fire("user-message", map[string]any{"USER_MESSAGE": text})
}

func (s *session) fire(trigger string, input map[string]any) adapters.Outcome {
	s.test.Helper()
	s.begin(trigger, input)
	return s.play(context.Background(), nil)
}

// begin begins a turn, and ends one that is suspended.
func (s *session) begin(trigger string, input map[string]any) {
	s.test.Helper()
	s.trigger = openapi.TurnTrigger{Name: trigger, Input: input}
	if t, ok := s.adapter.(adapters.Triggerer); ok {
		if err := t.CheckTrigger(context.Background(), s.options, s.trigger); err != nil {
			s.test.Fatal(err)
		}
	}
	if waits := s.waiting(); len(waits) > 0 {
		for _, c := range waits {
			s.append(openapi.ToolResolvedData{ToolCallID: c.ToolCallID, Name: c.Name, Status: openapi.ToolStatusCancelled, Result: json.RawMessage("null")})
		}
		s.end(adapters.Outcome{Status: openapi.TurnStatusInterrupted})
	}
	s.turns++
	s.turn = fmt.Sprintf("turn_%d", s.turns)
	s.append(openapi.TurnStartedData{Phase: openapi.TurnStartedPhaseStarted, TurnID: s.turn, Trigger: s.trigger})
}

// play runs a leg of the turn.
func (s *session) play(ctx context.Context, results map[string]adapters.ToolResult) adapters.Outcome {
	s.test.Helper()
	if s.agent != nil && s.restart {
		s.close()
	}
	if s.agent == nil {
		agent, err := s.adapter.Open(ctx, s.options)
		if err != nil {
			s.test.Fatal(err)
		}
		s.agent = agent
	}
	before := len(s.events())
	in := adapters.Input{Number: s.turns, TurnID: s.turn, Trigger: &s.trigger, Results: results}
	out, err := s.agent.Turn(ctx, in, s)
	if err != nil {
		s.test.Fatal(err)
	}
	s.allCompleted(s.events()[before:])
	if !out.Suspended {
		s.end(out)
	}
	return out
}

func (s *session) allCompleted(leg []openapi.Event) {
	s.test.Helper()
	open := map[string]bool{}
	for _, e := range leg {
		switch d := e.Data.(type) {
		case openapi.ItemStartedData:
			open[d.Item.ItemID] = true
		case openapi.ItemCompletedData:
			delete(open, d.Item.ItemID)
		}
	}
	if len(open) > 0 {
		s.test.Errorf("never completed: %v", open)
	}
}

func (s *session) end(out adapters.Outcome) {
	s.append(openapi.TurnEndedData{Phase: openapi.TurnEndedPhaseEnded, TurnID: s.turn, Status: out.Status, FinishReason: out.FinishReason})
	s.turn = ""
}

// waiting are the calls that nobody has answered.
func (s *session) waiting() []openapi.ToolRequestedData {
	var calls []openapi.ToolRequestedData
	for _, e := range s.events() {
		switch d := e.Data.(type) {
		case openapi.ToolRequestedData:
			calls = append(calls, d)
		case openapi.ToolResolvedData:
			calls = slices.DeleteFunc(calls, func(c openapi.ToolRequestedData) bool { return c.ToolCallID == d.ToolCallID })
		}
	}
	return calls
}

// answer gives the waiting calls their results, in order: JSON, or an error after "!".
func (s *session) answer(results ...string) adapters.Outcome {
	s.test.Helper()
	calls := s.waiting()
	if len(calls) != len(results) {
		s.test.Fatalf("%d calls wait, not %d: %+v", len(calls), len(results), calls)
	}
	all := map[string]adapters.ToolResult{}
	for i, c := range calls {
		r := adapters.ToolResult{Status: openapi.ToolStatusCompleted, Result: json.RawMessage(results[i])}
		if results[i][0] == '!' {
			r = adapters.ToolResult{Status: openapi.ToolStatusFailed, Result: json.RawMessage("null"), Error: results[i][1:]}
		}
		all[c.ToolCallID] = r
		s.append(openapi.ToolResolvedData{ToolCallID: c.ToolCallID, Name: c.Name, Status: r.Status, Result: r.Result, Error: r.Error})
	}
	return s.play(context.Background(), all)
}

// await waits for an event of the log.
func (s *session) await(what string, is func(openapi.Event) bool) {
	s.test.Helper()
	timeout := time.After(time.Minute)
	for {
		s.mu.Lock()
		found, changed := slices.ContainsFunc(s.log, is), s.changed
		s.mu.Unlock()
		if found {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			s.test.Fatalf("no %s", what)
		}
	}
}
