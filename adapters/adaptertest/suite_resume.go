package adaptertest

import "testing"

var resumeTopics = []topic{
	{"resume", nil, resume},
	{"resume after an interrupt", nil, resumeInterrupted},
}

// resume closes the agent and opens another one for the same native session.
func resume(t *testing.T, s Subject) {
	run := open(t, s)
	run.works(t)
	run.close(t, run.agent)
	run.reopen(t)
	if run.Options.NativeSessionID == "" {
		t.Error("the agent's own name for the session is not known after a turn")
	}
	run.works(t)
}

func resumeInterrupted(t *testing.T, s Subject) {
	run := open(t, s)
	run.interrupted(t, run.goesOn(t))
	run.close(t, run.agent)
	run.reopen(t)
	run.works(t)
}
