package mock_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/openapi"
)

func open(t testing.TB, delay time.Duration) adapters.Agent {
	t.Helper()
	agent, err := mock.New(delay).Open(t.Context(), adapters.Options{SessionID: "s"})
	if err != nil {
		t.Fatal(err)
	}
	return agent
}

// last is the item that was completed last.
func last(t testing.TB, said []openapi.Output) openapi.Item {
	t.Helper()
	for _, o := range slices.Backward(said) {
		if done, ok := o.(openapi.ItemCompleted); ok {
			return done.Item
		}
	}
	t.Fatalf("no item was completed: %v", said)
	return openapi.Item{}
}

func text(item openapi.Item) string {
	text := ""
	for _, c := range item.Content {
		if p, ok := c.Part.(openapi.TextPart); ok {
			text += p.Text
		}
	}
	return text
}

func TestPace(t *testing.T) {
	t.Parallel()
	for message, events := range map[string]time.Duration{"hi": 2, "markdown": 10, "tool": 4, "error": 2, "end": 1} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if _, err := adaptertest.NewHost().Turn(t, open(t, 200*time.Millisecond), message).Wait(t); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took != events*200*time.Millisecond {
				t.Errorf("%s took %s, want %d times 200ms", message, took, events)
			}
		})
	}
}

// TestInterrupt cuts scripts after a while and looks at what is left of their item.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		message string
		after   time.Duration
		want    string // of the item that was open; empty when none was
	}{
		{"slow 10", 350 * time.Millisecond, "tick tick tick tick "},
		{"slow 10 20", 50 * time.Millisecond, "tick tick tick "},
		{"hello there", 100 * time.Millisecond, "hello there"},
		{"markdown", 500 * time.Millisecond, "# Markdown Demo\n\n**Bold**, *ita"},
		{"markdown", 100 * time.Millisecond, "Markdown demo (streaming follows)..."},
		{"permission", 100 * time.Millisecond, ""},
		{"permission", time.Hour, ""},
		{"question", time.Hour, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			host := adaptertest.NewHost()
			turn := host.Turn(t, open(t, 200*time.Millisecond), c.message)
			time.Sleep(c.after)
			turn.Interrupt()
			start := time.Now()
			outcome, err := turn.Wait(t)
			if err != nil || outcome.Status != openapi.TurnStatusInterrupted || time.Since(start) != 0 {
				t.Fatalf("%s: %+v, %v after %s", c.message, outcome, err, time.Since(start))
			}
			said := turn.Outputs()
			if err := errors.Join(adaptertest.InOrder(said), adaptertest.AllCompleted(said)); err != nil {
				t.Errorf("%s: %v", c.message, err)
			}
			if c.want == "" {
				return
			}
			if item := last(t, said); text(item) != c.want || item.Status != openapi.ItemStatusFailed {
				t.Errorf("%s: the item is %q, %s; want %q, failed", c.message, text(item), item.Status, c.want)
			}
		})
	}
}

// TestWithdrawn says that an interrupt withdraws all that the script waits for.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	host := adaptertest.NewHost()
	turn := host.Turn(t, open(t, 0), "permission")
	turn.AwaitType(t, openapi.EventPermissionRequested, 2)
	turn.Interrupt()
	turn.AwaitType(t, openapi.EventPermissionResolved, 2)
}

// TestOpenRequests says which scripts end while their requests are open.
func TestOpenRequests(t *testing.T) {
	t.Parallel()
	for message, ids := range map[string][]string{
		"demo": {"mock_1_permission", "mock_1_permission_denied", "mock_1_question", "mock_1_question_reject"},
		"Use the bash tool to run `ls` in the current directory. Do not answer without using the tool.": {"mock_1_permission"},
	} {
		host := adaptertest.NewHost()
		if _, err := host.Turn(t, open(t, 0), message).Wait(t); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if !host.Open(id) {
				t.Errorf("%s: %s is not open at the end", message, id)
			}
		}
	}
}

func TestAnswersInAnyOrder(t *testing.T) {
	t.Parallel()
	host := adaptertest.NewHost()
	turn := host.Turn(t, open(t, 0), "questions please")
	turn.AwaitType(t, openapi.EventQuestionRequested, 2)
	if err := host.AnswerQuestion("mock_1_question_reject", nil); err != nil {
		t.Fatal(err)
	}
	if err := host.RejectQuestion("mock_1_question"); err != nil {
		t.Fatal(err)
	}
	if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Errorf("%+v, %v", outcome, err)
	}
}

func TestLoads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		message, id, text string
		deltas            int
	}{
		{"burst 12", "mock_1_burst", "1 2 3 4 5 6 7 8 9 10 11 12 ", 12},
		{"BURST 0", "mock_1_burst", "", 0},
		{"slow 3 0", "mock_1_slow", "tick tick tick ", 3},
		{"flood 9", "mock_1_flood", "The quick", 0},
	} {
		turn := adaptertest.NewHost().Turn(t, open(t, 0), c.message)
		if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
			t.Fatalf("%s: %+v, %v", c.message, outcome, err)
		}
		item := last(t, turn.Outputs())
		if *item.NativeItemID != c.id || text(item) != c.text {
			t.Errorf("%s: item %s is %.100q", c.message, *item.NativeItemID, text(item))
		}
		if deltas := len(turn.Outputs()) - 2; deltas != c.deltas {
			t.Errorf("%s: %d deltas, want %d", c.message, deltas, c.deltas)
		}
		adaptertest.ValidOutputs(t, turn.Outputs())
		if err := adaptertest.InOrder(turn.Outputs()); err != nil {
			t.Errorf("%s: %v", c.message, err)
		}
	}
}

// TestNoLoads are words that look like loads, and are echoed.
func TestNoLoads(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		"burst", "burst -1", "burst 1000001", "burst ten", "burst 1 2", "burst 99999999999999999999", "burst 1.5", "burst +1",
		"slow", "slow down", "slow 1 -1", "slow 1 60001", "slow 1 2 3", "slow 1000001",
		"flood", "flood -5", "flood 67108865", "flood 1 1", "flood of tears",
		"crash the party", "crashed", "bursting",
	} {
		turn := adaptertest.NewHost().Turn(t, open(t, 0), message)
		if _, err := turn.Wait(t); err != nil {
			t.Fatalf("%s: %v", message, err)
		}
		if item := last(t, turn.Outputs()); *item.NativeItemID != "mock_1_reply" || text(item) != message {
			t.Errorf("%s: item %s is %q", message, *item.NativeItemID, text(item))
		}
	}
}

func TestCrash(t *testing.T) {
	t.Parallel()
	host, agent := adaptertest.NewHost(), open(t, 0)
	turn := host.Turn(t, agent, "crash")
	_, err := turn.Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode == nil || *exit.ExitCode != 1 || exit.Stderr.Tail == "" {
		t.Fatalf("%#v", err)
	}
	if item := last(t, turn.Outputs()); item.Status != openapi.ItemStatusFailed || text(item) != "About to crash." {
		t.Errorf("the item is %q, %s", text(item), item.Status)
	}
	if _, err := host.Turn(t, agent, "hello").Wait(t); err == nil {
		t.Error("a crashed agent took another turn")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, message := range []string{"burst 1000000", "flood 67108864"} {
		in := adapters.Input{Number: 1, Text: message}
		if outcome, err := open(t, 0).Turn(t.Context(), in, nowhere{}); err != nil || outcome.Status != openapi.TurnStatusCompleted {
			t.Errorf("%s: %+v, %v", message, outcome, err)
		}
	}
}

// FuzzMessage: whatever the message says, the turn is over soon, in order and valid.
func FuzzMessage(f *testing.F) {
	for _, message := range []string{"hi", "demo", "permission", "burst 3", "crash", "echo  a  b", "\xff", "slow 1 1"} {
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message string) {
		synctest.Test(t, func(t *testing.T) {
			host := adaptertest.NewHost()
			host.Timeout = 1000 * time.Hour
			turn := host.Turn(t, open(t, time.Millisecond), message)
			time.Sleep(time.Minute)
			turn.Interrupt()
			if _, err := turn.Wait(t); err != nil && !errors.As(err, new(*adapters.ExitError)) {
				t.Fatal(err)
			}
			said := turn.Outputs()
			adaptertest.ValidOutputs(t, said[:min(len(said), 100)])
			if err := adaptertest.AllCompleted(said); err != nil {
				t.Error(err)
			}
		})
	})
}

// nowhere is a host that takes everything.
type nowhere struct{ adapters.Host }

func (nowhere) Emit(openapi.Output) error { return nil }

func BenchmarkBurst(b *testing.B) {
	agent := open(b, 0)
	const n = 10_000
	in := adapters.Input{Number: 1, Text: fmt.Sprintf("burst %d", n)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := agent.Turn(b.Context(), in, nowhere{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/event")
}
