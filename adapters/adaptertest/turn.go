package adaptertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Turn is a turn that was started by Host.Turn, or one leg of a turn that goes on.
type Turn struct {
	host    *Host
	cancel  context.CancelCauseFunc
	in      adapters.Input
	events  int // of the log when the turn began
	outputs int
	done    chan struct{}

	// readable after done
	outcome adapters.Outcome
	err     error
	said    []openapi.Output
}

// Interrupt cancels the turn.
func (t *Turn) Interrupt() { t.cancel(context.Canceled) }

// Await returns the events of the turn as soon as done says so of them. The test fails when the turn ends before.
func (t *Turn) Await(tb testing.TB, what string, done func(log []openapi.Event) bool) []openapi.Event {
	tb.Helper()
	return t.host.await(tb, what, t.events, t.done, done)
}

// AwaitType waits for the n-th event of a type in the turn; the first one is 1.
func (t *Turn) AwaitType(tb testing.TB, eventType string, n int) openapi.Event {
	tb.Helper()
	var found openapi.Event
	t.Await(tb, eventType, func(log []openapi.Event) bool {
		left := n
		for _, e := range log {
			if e.Type() == eventType {
				found, left = e, left-1
			}
			if left == 0 {
				return true
			}
		}
		return false
	})
	return found
}

// Wait blocks until the turn is over. The test fails when that takes longer than the host's Timeout.
func (t *Turn) Wait(tb testing.TB) (adapters.Outcome, error) {
	tb.Helper()
	if err := t.over(t.host.Timeout); err != nil {
		tb.Fatal(err)
	}
	return t.outcome, t.err
}

// Outputs returns what the agent said in the turn, which must be over.
func (t *Turn) Outputs() []openapi.Output {
	<-t.done
	return t.said
}

func (t *Turn) over(limit time.Duration) error {
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case <-t.done:
		return nil
	case <-timeout.C:
		return fmt.Errorf("the turn is not over after %s; the log:\n%s", limit, print(t.host.Log()[t.events:]))
	}
}
