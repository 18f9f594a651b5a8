package adaptertest

import (
	"context"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

var interruptTopics = []topic{
	{"interrupt", nil, interrupt},
	{"interrupt before the start", nil, interruptFirst},
	{"interrupt while it asks a permission", func(m Messages) string { return m.Permission }, interruptPermission},
	{"interrupt while it asks a question", func(m Messages) string { return m.Question }, interruptQuestion},
}

// interrupted ends a turn by an interrupt; the agent must give in within its grace and take the next turn.
func (s *session) interrupted(t *testing.T, turn *Turn) {
	t.Helper()
	turn.Interrupt()
	if err := turn.over(s.Grace); err != nil {
		t.Fatalf("after an interrupt: %v", err)
	}
	s.ends(t, turn, openapi.TurnStatusInterrupted)
	s.works(t)
}

func interrupt(t *testing.T, s Subject) {
	run := open(t, s)
	run.interrupted(t, run.goesOn(t))
	run.interrupted(t, run.goesOn(t))
}

// interruptFirst gives the agent a turn that is interrupted already.
func interruptFirst(t *testing.T, s Subject) {
	run := open(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	run.interrupted(t, run.host.turn(t, ctx, run.agent, s.Say.Long))
}

func interruptPermission(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Permission)
	turn.AwaitType(t, openapi.EventPermissionRequested, 1)
	run.interrupted(t, turn)
}

func interruptQuestion(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Question)
	turn.AwaitType(t, openapi.EventQuestionRequested, 1)
	run.interrupted(t, turn)
}
