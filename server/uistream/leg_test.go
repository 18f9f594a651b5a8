package uistream_test

import (
	"slices"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// two is a turn that asks for a call, goes on with its result, and asks for two more.
func two(t *testing.T) *log {
	l := turn(t,
		completed(calls("a", "c1", "ask", "{}")), requested("c1", "a"), // 2, 3
		resolved("c1", `1`), completed(gave("b", "c1", "1")), // 4, 5
		completed(calls("d", "c2", "ask", "{}")), completed(calls("e", "c3", "ask", "{}")), requested("c2", "d"), requested("c3", "e"), // 6 to 9
		resolved("c2", `null`), openapi.ToolResolvedData{ToolCallID: "c3", Name: "ask", Status: openapi.ToolStatusFailed, Result: []byte(`null`), Error: "no"}, // 10, 11
		completed(says("f", text("Done"))), done, // 12, 13
	)
	l.suspends[3], l.suspends[9] = true, true
	return l
}

// legs gives the UI events of a turn, as a follower that ends the legs where the log says so.
func legs(l *log, turn string) []uistream.Event {
	s := uistream.New(turn, uistream.Options{SessionID: "s"})
	var out []uistream.Event
	for _, e := range l.events {
		out = append(out, s.Event(e)...)
		if l.suspends[e.Sequence] && e.TurnID == turn {
			out = append(out, s.Suspend()...)
		}
	}
	return out
}

func ids(events []uistream.Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.ID.String())
	}
	return out
}

func TestLegs(t *testing.T) {
	t.Parallel()
	got := legs(two(t), "t1")
	same(t, brief(got), []string{
		"start", "block-start t1-output", "tool-input-start c1 ask", "tool-input-delta c1 {}", "tool-input-end c1", "tool-input-available c1 ask {}",
		"tool-request c1", "finish tool-calls",
		"start", "tool-input-start c2 ask", "tool-input-delta c2 {}", "tool-input-end c2", "tool-input-available c2 ask {}",
		"tool-input-start c3 ask", "tool-input-delta c3 {}", "tool-input-end c3", "tool-input-available c3 ask {}",
		"tool-request c2 c3", "finish tool-calls",
		"start", "text-start f", "text-delta f Done", "text-end f", "block-end t1-output", "finish stop",
	})
	same(t, ids(got), []string{
		"1.0", "2.0", "2.1", "2.2", "2.3", "2.4", "3.0", "3.1", "3.2", "6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2", "7.3",
		"9.0", "9.1", "9.2", "12.0", "12.1", "12.2", "13.0", "13.1",
	})
}

// TestNotAsked holds that a reader who was never asked gets what the calls gave, in one leg and under the same ids.
func TestNotAsked(t *testing.T) {
	t.Parallel()
	got := all(uistream.New("t1", uistream.Options{}), two(t))
	got = slices.DeleteFunc(got, func(e uistream.Event) bool { return e.Data.ToolCallID == "" })
	same(t, brief(got), []string{
		"tool-input-start c1 ask", "tool-input-delta c1 {}", "tool-input-end c1", "tool-input-available c1 ask {}", "tool-output-available c1 1",
		"tool-input-start c2 ask", "tool-input-delta c2 {}", "tool-input-end c2", "tool-input-available c2 ask {}",
		"tool-input-start c3 ask", "tool-input-delta c3 {}", "tool-input-end c3", "tool-input-available c3 ask {}",
		"tool-output-available c2 null", "tool-output-error c3 no",
	})
	same(t, ids(got)[:6], []string{"2.1", "2.2", "2.3", "2.4", "4.0", "6.0"})
}

// TestResume cuts a stream after each of its events: a new one that is told the last event gives exactly the rest.
func TestResume(t *testing.T) {
	t.Parallel()
	l := two(t)
	whole := legs(l, "t1")
	for i, cut := range whole {
		s := uistream.New("t1", uistream.Options{SessionID: "s", After: cut.ID})
		var rest []uistream.Event
		for _, e := range l.events {
			rest = append(rest, s.Event(e)...)
			if l.suspends[e.Sequence] && !seen(cut, e) {
				rest = append(rest, s.Suspend()...)
			}
		}
		same(t, ids(rest), ids(whole[i+1:]))
		same(t, brief(rest), brief(whole[i+1:]))
	}
}

// seen says whether a reader that was cut has seen the suspension after an event of the log: what came later, or the start
// of the next leg.
func seen(cut uistream.Event, e openapi.Event) bool {
	return cut.ID.Sequence > e.Sequence || cut.ID.Sequence == e.Sequence && cut.Data.Type == openapi.UIStart && e.Sequence > 1
}

// TestResumeTells holds that what a reader has is told to whom it may concern.
func TestResumeTells(t *testing.T) {
	t.Parallel()
	l := two(t)
	whole := legs(l, "t1")
	var skipped []string
	s := uistream.New("t1", uistream.Options{
		SessionID: "s", After: uistream.ID{Sequence: 3, Index: 1}, Skipped: func(u openapi.UIEvent) { skipped = append(skipped, u.Type) },
	})
	all(s, l)
	var want []string
	for _, e := range whole[:8] {
		want = append(want, e.Data.Type)
	}
	same(t, skipped, want)
}

// TestSuspendAgain holds that calls that stay open are asked for again, and that a reader who has seen that goes on after it.
func TestSuspendAgain(t *testing.T) {
	t.Parallel()
	l := turn(t, completed(calls("a", "c1", "ask", "{}")), completed(calls("b", "c2", "ask", "{}")), requested("c1", "a"), requested("c2", "b"),
		resolved("c1", `1`))
	s := uistream.New("t1", uistream.Options{})
	for _, e := range l.events[:5] {
		s.Event(e)
	}
	if !s.Waiting() || s.Over() {
		t.Fatal("two calls do not wait")
	}
	first := s.Suspend()
	same(t, brief(first), []string{"tool-request c1 c2", "finish tool-calls"})
	if !s.Over() || s.Suspend() != nil {
		t.Fatal("a leg that is over is not over")
	}
	again := append(s.Event(l.events[5]), s.Suspend()...)
	same(t, brief(again), []string{"start", "tool-request c2", "finish tool-calls"})
	same(t, ids(append(first, again...)), []string{"5.0", "5.1", "5.2", "6.1", "6.2"}) // 6.0 is for those who were not asked

	for i, want := range [][]string{{"finish tool-calls"}, nil, nil} {
		s := uistream.New("t1", uistream.Options{After: uistream.ID{Sequence: 6, Index: 1 + i}})
		same(t, brief(all(s, l)), want)
		if s.Over() != (i == 0) {
			t.Errorf("after 6.%d the leg's end is handed out: %t", 1+i, s.Over())
		}
	}
}

// TestSuspendTwiceAtOneEvent holds that suspensions with nothing between them can be told apart.
func TestSuspendTwiceAtOneEvent(t *testing.T) {
	t.Parallel()
	l := turn(t, completed(calls("a", "c1", "ask", "{}")), requested("c1", "a"), resolved("c1", `1`), completed(says("b", text("x"))), done)
	for index, want := range map[int][]string{
		5: {"tool-request c1", "finish tool-calls"}, // the second start was seen: asked again, as the call is still open
		6: {"finish tool-calls"},
		7: nil,
	} {
		s := uistream.New("t1", uistream.Options{After: uistream.ID{Sequence: 3, Index: index}})
		var got []uistream.Event
		for _, e := range l.events[:3] {
			got = append(got, s.Event(e)...)
		}
		got = append(got, s.Suspend()...)
		same(t, brief(got), want)
		rest := s.Event(l.events[3])
		rest = append(rest, s.Event(l.events[4])...)
		same(t, brief(rest), []string{"start", "text-start b", "text-delta b x", "text-end b"})
	}
}

// TestSuspendNothing holds that only open calls suspend a leg.
func TestSuspendNothing(t *testing.T) {
	t.Parallel()
	s := uistream.New("t1", uistream.Options{})
	if got := s.Suspend(); got != nil {
		t.Errorf("a turn that has not begun is suspended: %v", brief(got))
	}
	l := turn(t, completed(calls("a", "c1", "ls", "{}")), done)
	for _, e := range l.events {
		s.Event(e)
		if got := s.Suspend(); got != nil || s.Waiting() {
			t.Errorf("a turn that waits for nobody is suspended at %d: %v", e.Sequence, brief(got))
		}
	}
}

// TestForeignAfter holds that an id that the turn never gave does no harm.
func TestForeignAfter(t *testing.T) {
	t.Parallel()
	l := two(t)
	for _, after := range []uistream.ID{{Sequence: 1, Index: 99}, {Sequence: 5, Index: 1 << 30}, {Sequence: 3, Index: 1<<31 - 1}, {Sequence: 1 << 60}} {
		s := uistream.New("t1", uistream.Options{After: after})
		for _, e := range all(s, l) {
			if !e.ID.After(after) {
				t.Errorf("after %s there is %s again", after, e.ID)
			}
		}
		if !s.Over() {
			t.Errorf("after %s the turn has no end", after)
		}
	}
}

// TestRequest shows what is asked for, and what is shown of it.
func TestRequest(t *testing.T) {
	t.Parallel()
	block := openapi.ToolRequestedData{
		ToolCallID: "c1", Name: "fetch", Arguments: []byte(`{"a":null}`), Source: openapi.ToolSourceBlock, OutputVariable: "X", BlockIndex: new(0),
		Thread: "side",
	}
	agent := openapi.ToolRequestedData{ToolCallID: "c2", Name: "draw", Arguments: []byte(`{}`), Source: openapi.ToolSourceAgent, Thread: "main"}
	l := turn(t, step("s", "tool-call", "description"), block, openapi.BlockEndedData{BlockID: "s"}, step("h", "tool-call", "hidden"), agent)
	s := uistream.New("t1", uistream.Options{})
	got := append(all(s, l), s.Suspend()...)
	same(t, brief(got), []string{
		"start", "block-start s", "tool-input-start c1 fetch", `tool-input-delta c1 {"a":null}`, "tool-input-end c1",
		`tool-input-available c1 fetch {"a":null}`, "block-end s", "block-start h", "tool-request c1 c2", "finish tool-calls",
	})
	want := `{"type":"tool-request","toolCalls":[` +
		`{"toolCallId":"c1","toolName":"fetch","args":{"a":null},"source":"block","outputVariable":"X","blockIndex":0,"thread":"side"},` +
		`{"toolCallId":"c2","toolName":"draw","args":{}}]}`
	if got := encode(t, got[len(got)-2].Data); got != want {
		t.Errorf("the request is\n%s\nwant\n%s", got, want)
	}
}

// TestCancelled holds that a reader who was asked is told when nobody waits for the answer any more.
func TestCancelled(t *testing.T) {
	t.Parallel()
	l := turn(t, completed(calls("a", "c1", "ask", "{}")), requested("c1", "a"),
		openapi.ToolResolvedData{ToolCallID: "c1", Name: "ask", Status: openapi.ToolStatusCancelled, Result: []byte(`null`), Error: "too late"},
		ended(openapi.TurnStatusInterrupted))
	l.suspends[3] = true
	got := legs(l, "t1")
	same(t, brief(got[8:]), []string{"start", "tool-output-error c1 too late", "block-end t1-output", "finish stop"})
}

// TestShownLate holds that a reader who was asked for a call before it was shown is told what came of it.
func TestShownLate(t *testing.T) {
	t.Parallel()
	l := turn(t, requested("c1", "a"), completed(calls("a", "c1", "ask", "{}")), resolved("c1", "1"), done)
	l.suspends[2] = true
	same(t, brief(legs(l, "t1")[3:]), []string{
		"start", "block-start t1-output", "tool-input-start c1 ask", "tool-input-delta c1 {}", "tool-input-end c1", "tool-input-available c1 ask {}",
		"tool-output-available c1 1", "block-end t1-output", "finish stop",
	})
}
