package mock_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/openapi"
)

func says(text string) openapi.TurnTrigger {
	return openapi.TurnTrigger{Name: "user-message", Input: map[string]any{"USER_MESSAGE": text}}
}

// fired is what the agent says to a trigger whose turn must end so.
func fired(t testing.TB, text string, want openapi.TurnStatus) []openapi.Output {
	t.Helper()
	turn := adaptertest.NewHost().Trigger(t, open(t, 0), says(text))
	if outcome, err := turn.Wait(t); err != nil || outcome != (adapters.Outcome{Status: want}) {
		t.Fatalf("%q: %+v, %v", text, outcome, err)
	}
	inOrder(t, turn.Outputs())
	return turn.Outputs()
}

func inOrder(t testing.TB, said []openapi.Output) {
	t.Helper()
	adaptertest.ValidOutputs(t, said)
	if err := errors.Join(adaptertest.InOrder(said), adaptertest.AllCompleted(said)); err != nil {
		t.Error(err)
	}
}

// deltas counts the deltas of a part.
func deltas(said []openapi.Output, part openapi.DeltaPart) (n int) {
	for _, o := range said {
		if d, ok := o.(openapi.ItemDelta); ok && d.Part == part && d.Delta != "" {
			n++
		}
	}
	return n
}

func TestWords(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"echo hello world":         "hello world",
		"echo  two  spaces\nline ": "two  spaces\nline",
		"ECHO é":                   "é",
		"count":                    "count=1",
		"think twice":              "twice",
		"resource a < b":           "NOTES=a < b",
		"slow 3":                   "tick tick tick ",
		"hello":                    "hello",
		// what only begins like a word, or lacks what belongs to it, is echoed
		"echo": "echo", "echoes of it": "echoes of it", "count me in": "count me in", "think": "think", "resource": "resource",
		"fail me not": "fail me not", "slow": "slow", "slow down": "slow down", "slow -1": "slow -1",
		"call": "call", "call me": "call me", "call tool": "call tool", "chain": "chain",
		// and so is what is a message's
		"permission": "permission", "demo": "demo", "crash": "crash", "burst 5": "burst 5",
	} {
		said := fired(t, message, openapi.TurnStatusCompleted)
		if got := text(last(t, said)); got != want {
			t.Errorf("%q: said %q, want %q", message, got, want)
		}
		if n := deltas(said, ""); n < 2 && len([]rune(want)) > 1 {
			t.Errorf("%q: %d deltas of text", message, n)
		}
	}
}

func TestThink(t *testing.T) {
	t.Parallel()
	said := fired(t, "think of a number", openapi.TurnStatusCompleted)
	if n := deltas(said, openapi.DeltaPartReasoning); n != 2 {
		t.Errorf("%d deltas of reasoning", n)
	}
	thought := said[3].(openapi.ItemCompleted).Item.Content[0].Part.(openapi.ReasoningPart)
	if thought.Text != "of a number" || thought.Visibility != openapi.ReasoningVisibilityPublic {
		t.Errorf("thought %+v", thought)
	}
}

func TestResource(t *testing.T) {
	t.Parallel()
	said := fired(t, `resource a "b" <c>`, openapi.TurnStatusCompleted)
	set, ok := said[0].(openapi.ResourceUpdated)
	if !ok || set.Data.Name != "NOTES" || plain(t, set.Data.Value) != `a "b" <c>` {
		t.Errorf("said %+v", said[0])
	}
}

// TestFail ends a turn, not the agent.
func TestFail(t *testing.T) {
	t.Parallel()
	host, agent := adaptertest.NewHost(), open(t, 0)
	turn := host.Trigger(t, agent, says("fail"))
	if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusFailed {
		t.Fatalf("%+v, %v", outcome, err)
	}
	if f, ok := turn.Outputs()[0].(openapi.Failure); !ok || len(turn.Outputs()) != 1 || *f.Data.Code != "mock_error" || f.Data.Message == "" {
		t.Errorf("said %+v", turn.Outputs())
	}
	inOrder(t, turn.Outputs())
	if outcome, err := host.Trigger(t, agent, says("hello")).Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Errorf("the next turn: %+v, %v", outcome, err)
	}
}

// TestSlow stops when it is interrupted.
func TestSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		turn := adaptertest.NewHost().Trigger(t, open(t, 0), says("slow 1000"))
		time.Sleep(250 * time.Millisecond)
		turn.Interrupt()
		outcome, err := turn.Wait(t)
		if err != nil || outcome.Status != openapi.TurnStatusInterrupted || time.Since(start) != 250*time.Millisecond {
			t.Errorf("%+v, %v after %s", outcome, err, time.Since(start))
		}
		if got := text(last(t, turn.Outputs())); got != "tick tick tick " {
			t.Errorf("said %q", got)
		}
		inOrder(t, turn.Outputs())
	})
}

// TestScriptsOfMessages: a message with a trigger's words is echoed, or has its own script, as it always did.
func TestScriptsOfMessages(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"count": "count", "think twice": "think twice", "resource x": "resource x", "fail": "fail",
		"call tool confirm {}": "call tool confirm {}", "chain confirm {}": "chain confirm {}", "echo  a  b": "a b",
	} {
		turn := adaptertest.NewHost().Turn(t, open(t, 0), message)
		if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
			t.Fatalf("%q: %+v, %v", message, outcome, err)
		}
		if got := text(last(t, turn.Outputs())); got != want {
			t.Errorf("%q: said %q, want %q", message, got, want)
		}
	}
}

// TestCount counts what the log has, whichever agent asks.
func TestCount(t *testing.T) {
	t.Parallel()
	user, assistant := openapi.ItemRoleUser, openapi.ItemRoleAssistant
	said := func(role *openapi.ItemRole) openapi.Event {
		return openapi.Event{Data: openapi.ItemCompletedData{Item: openapi.Item{Role: role}}}
	}
	restored := openapi.Event{Data: openapi.SessionRestoredData{Messages: []openapi.UIMessage{
		{Role: openapi.UIMessageRoleUser}, {Role: openapi.UIMessageRoleAssistant},
	}}}
	for name, c := range map[string]struct {
		log  []openapi.Event
		want string
	}{
		"first":          {[]openapi.Event{said(&user)}, "count=1"},
		"third":          {[]openapi.Event{said(&user), said(&assistant), said(nil), said(&user), said(&user)}, "count=3"},
		"after restored": {[]openapi.Event{said(&user), said(&user), restored, said(&user)}, "count=2"},
		"nothing":        {nil, "count=0"},
	} {
		for range 2 { // another agent of the same session
			if got := counted(t, c.log); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	}
	broken := errors.New("the log is gone")
	agent := remembering(t, nil, broken)
	if outcome, err := adaptertest.NewHost().Trigger(t, agent, says("count")).Wait(t); !errors.Is(err, broken) {
		t.Errorf("%+v, %v", outcome, err)
	}
}

func counted(t *testing.T, log []openapi.Event) string {
	t.Helper()
	turn := adaptertest.NewHost().Trigger(t, remembering(t, log, nil), says("count"))
	if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("%+v, %v", outcome, err)
	}
	return text(last(t, turn.Outputs()))
}

// remembering opens an agent whose session has a log, which may end with a fault.
func remembering(t *testing.T, log []openapi.Event, fault error) adapters.Agent {
	t.Helper()
	history := func(context.Context, uint64) iter.Seq2[openapi.Event, error] {
		return func(yield func(openapi.Event, error) bool) {
			for _, e := range log {
				if !yield(e, nil) {
					return
				}
			}
			if fault != nil {
				yield(openapi.Event{}, fault)
			}
		}
	}
	agent, err := mock.New(0).Open(t.Context(), adapters.Options{SessionID: "s", History: history})
	if err != nil {
		t.Fatal(err)
	}
	return agent
}

func TestCheckTrigger(t *testing.T) {
	t.Parallel()
	check := func(tr openapi.TurnTrigger) error {
		return mock.New(0).CheckTrigger(t.Context(), adapters.Options{}, tr)
	}
	if err := check(says("hello")); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		trigger openapi.TurnTrigger
		want    string
	}{
		{openapi.TurnTrigger{Name: "other", Input: says("hello").Input}, "triggerName: unknown trigger: other"},
		{openapi.TurnTrigger{}, "triggerName: unknown trigger: "},
		{openapi.TurnTrigger{Name: "user-message"}, "input/USER_MESSAGE: a text is required"},
		{says(" \n"), "input/USER_MESSAGE: a text is required"},
		{openapi.TurnTrigger{Name: "user-message", Input: map[string]any{"USER_MESSAGE": 7.0}}, "input/USER_MESSAGE: a text is required"},
	} {
		var refused *adapters.OptionError
		if err := check(c.trigger); !errors.As(err, &refused) || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.trigger, err, c.want)
		}
	}
}

// FuzzTrigger: whatever a trigger says, the turn is over soon, in order and valid, or waits for tools that then end it.
func FuzzTrigger(f *testing.F) {
	for _, message := range []string{
		"hi", "echo x", "count", "think", "resource é", "fail", "slow 3", "call tool confirm {}", "call tools get-time; get-weather {\"a\":[1]}",
		"chain get-time {};confirm", "call tool confirm null", "chain \xff", "call tool get-time {} x",
	} {
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message string) {
		message = strings.ToValidUTF8(message, "?") // it came as JSON
		if strings.TrimSpace(message) == "" {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			host := adaptertest.NewHost()
			host.Timeout = 1000 * time.Hour
			agent := open(t, 0)
			turn := host.Trigger(t, agent, says(message))
			for leg := 0; ; leg++ {
				time.Sleep(time.Minute)
				turn.Interrupt()
				outcome, err := turn.Wait(t)
				if err != nil || leg > 100 {
					t.Fatalf("leg %d: %+v, %v", leg, outcome, err)
				}
				if !outcome.Suspended {
					break
				}
				answerAll(t, host)
				turn = turn.Resume(t, agent)
			}
			inOrder(t, host.Outputs())
		})
	})
}

// answerAll gives every open call a result.
func answerAll(t *testing.T, host *adaptertest.Host) {
	t.Helper()
	for _, e := range host.Log() {
		if d, ok := e.Data.(openapi.ToolRequestedData); ok && host.Open(d.ToolCallID) {
			if err := host.AnswerTool(d.ToolCallID, gave(fmt.Sprintf("%q", d.Name))); err != nil {
				t.Fatal(err)
			}
		}
	}
}
