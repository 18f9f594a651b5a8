package adaptertest

import (
	"errors"
	"testing"

	"github.com/parleyhq/parley/adapters"
)

var crashTopics = []topic{
	{"crash", func(m Messages) string { return m.Crash }, crash},
}

// crash ends the turn with an *adapters.ExitError; the agent is closed, and the next one goes on with the session.
func crash(t *testing.T, s Subject) {
	run := open(t, s)
	run.works(t)
	turn := run.turn(t, s.Say.Crash)
	_, err := turn.Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("the turn ended with %v, want an *adapters.ExitError", err)
	}
	if exit.Message == "" {
		t.Error("the error says nothing")
	}
	if exit.ExitCode == nil && exit.Signal == "" {
		t.Error("the error has neither an exit code nor a signal")
	}
	checkTurn(t, turn.Outputs())
	run.close(t, run.agent)
	run.reopen(t)
	run.works(t)
}
