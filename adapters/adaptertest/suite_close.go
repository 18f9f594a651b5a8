package adaptertest

import (
	"context"
	"sync"
	"testing"
)

var closeTopics = []topic{
	{"close unused", nil, closeUnused},
	{"close in mid-turn", nil, closeRunning},
	{"close by force", nil, closeByForce},
	{"close while it asks", func(m Messages) string { return m.Permission }, closeAsking},
	{"close twice", nil, closeTwice},
	{"turn after close", nil, turnAfterClose},
}

func closeUnused(t *testing.T, s Subject) {
	run := open(t, s)
	run.close(t, run.agent)
}

func closeRunning(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.goesOn(t)
	run.close(t, run.agent)
	run.unblocked(t, turn)
}

// closeByForce has no time left: the agent is ended all the same.
func closeByForce(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.goesOn(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = run.agent.Close(ctx) // it may complain that it had to be by force
	run.nothingLeft(t)
	run.unblocked(t, turn)
}

func closeAsking(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Permission)
	turn.AwaitType(t, "permission.requested", 1)
	run.close(t, run.agent)
	run.unblocked(t, turn)
}

// unblocked says that a turn ends soon, whichever way, with nothing left open.
func (s *session) unblocked(t *testing.T, turn *Turn) {
	t.Helper()
	if err := turn.over(s.Grace); err != nil {
		t.Fatalf("after Close: %v", err)
	}
	checkTurn(t, turn.Outputs())
}

// closeTwice closes from two sides at once, and then again.
func closeTwice(t *testing.T, s Subject) {
	run := open(t, s)
	run.works(t)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { run.close(t, run.agent) })
	}
	both.Wait()
	run.close(t, run.agent)
}

// turnAfterClose is an error: the agent is of no use any more.
func turnAfterClose(t *testing.T, s Subject) {
	run := open(t, s)
	run.close(t, run.agent)
	if outcome, err := run.turn(t, s.Say.Text).Wait(t); err == nil {
		t.Errorf("a turn of a closed agent ended %+v without an error", outcome)
	}
}
