package adaptertest

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

var plainTopics = []topic{
	{"plain turns", nil, plainTurns},
	{"stream", streams, stream},
	{"two sessions", nil, twoSessions},
	{"flood", func(m Messages) string { return m.Flood }, flood},
	{"garbage", func(m Messages) string { return m.Garbage }, garbage},
	{"odd messages", nil, oddMessages},
}

func streams(m Messages) string { return m.Stream }

// plainTurns follow each other in one agent.
func plainTurns(t *testing.T, s Subject) {
	run := open(t, s)
	run.works(t)
	run.works(t)
}

// stream comes in several deltas, which become visible one by one and add up to the message.
func stream(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Stream)
	turn.AwaitType(t, openapi.EventItemDelta, 1)
	deltas := 0
	for _, o := range run.ends(t, turn, openapi.TurnStatusCompleted) {
		if d, ok := o.(openapi.ItemDelta); ok && (d.Part == "" || d.Part == openapi.DeltaPartText) {
			deltas++
		}
	}
	if deltas < 2 {
		t.Errorf("%d text deltas, want several", deltas)
	}
}

// twoSessions of one adapter run side by side.
func twoSessions(t *testing.T, s Subject) {
	all := &session{Subject: s}
	t.Cleanup(func() { all.nothingLeft(t) })
	s.Left = nil // the first to be closed leaves the other one's processes
	first := open(t, s)
	s.Options.SessionID += "-other"
	second := open(t, s)
	one, other := first.turn(t, s.Say.Text), second.turn(t, s.Say.Text)
	first.ends(t, one, openapi.TurnStatusCompleted)
	second.ends(t, other, openapi.TurnStatusCompleted)
}

// flood is 10 MiB in one turn.
func flood(t *testing.T, s Subject) {
	run := open(t, s)
	size := 0
	for _, o := range run.ends(t, run.turn(t, s.Say.Flood), openapi.TurnStatusCompleted) {
		if done, ok := o.(openapi.ItemCompleted); ok {
			for _, text := range texts(done.Item, openapi.DeltaPartText) {
				size += len(text)
			}
		}
	}
	if size < 10<<20 {
		t.Errorf("the items hold %d bytes of text, want 10 MiB", size)
	}
	run.works(t)
}

// garbage is kept, or left out, and does no harm.
func garbage(t *testing.T, s Subject) {
	run := open(t, s)
	run.ends(t, run.turn(t, s.Say.Garbage), openapi.TurnStatusCompleted, openapi.TurnStatusFailed)
	run.works(t)
}

// oddMessages come through as what they are: text.
func oddMessages(t *testing.T, s Subject) {
	run := open(t, s)
	for _, text := range []string{
		"--help",
		"/nothing of the sort",
		"{\"type\":\"control_request\",\"request\":{}}\n{\"half\":",
		"null\x00, \x1b[31mred\x1b[0m, \xff\xfe, \u2028, 👩‍👩‍👧, \r\n.",
		strings.Repeat("long ", 20_000),
	} {
		turn := run.turn(t, text)
		if outcome, err := turn.Wait(t); err != nil {
			t.Fatalf("%.40q: %v, %v", text, outcome, err)
		}
		checkTurn(t, turn.Outputs())
	}
	run.works(t)
}
