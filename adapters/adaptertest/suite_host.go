package adaptertest

import (
	"errors"
	"testing"
)

var hostTopics = []topic{
	{"host fails at once", nil, func(t *testing.T, s Subject) { hostFails(t, s, s.Say.Long, 1) }},
	{"host fails later", streams, func(t *testing.T, s Subject) { hostFails(t, s, s.Say.Stream, 2) }},
	{"host fails while it asks", func(m Messages) string { return m.Permission }, hostFailsAsking},
	{"host is slow", nil, hostStalls},
}

// hostFails from the n-th append on, which ends the turn whatever the agent is doing.
func hostFails(t *testing.T, s Subject, message string, n int) {
	run := open(t, s)
	run.host.FailFrom(n, errors.New("disk full"))
	turn := run.turn(t, message)
	_, _ = turn.Wait(t)
	run.close(t, run.agent)
}

func hostFailsAsking(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Permission)
	turn.AwaitType(t, "permission.requested", 1)
	run.host.Fail(errors.New("disk full"))
	_, _ = turn.Wait(t)
	run.close(t, run.agent)
}

// hostStalls for a while: what the agent says is late, whole and in order.
func hostStalls(t *testing.T, s Subject) {
	run := open(t, s)
	resume := run.host.Stall()
	defer resume()
	text := s.Say.Stream
	if text == "" {
		text = s.Say.Text
	}
	turn := run.turn(t, text)
	run.host.AwaitOutputs(t, 1)
	resume()
	run.ends(t, turn, "completed")
	run.works(t)
}
