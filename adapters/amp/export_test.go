package amp

import (
	"testing"

	"github.com/parleyhq/parley/adapters"
)

// What the tests with the real program need: what they ask of it beside turns, which need the vendor's service.
var (
	CheckOutputs = checkOutputs
	FailureOf    = failureOf
	Left         = left
	Contains     = contains
)

// CommandLine is how the program is started for a turn of an agent that has the thread, with the files that it names. They are
// there until the test ends.
func CommandLine(t *testing.T, a adapters.Agent, thread string) (arguments, files []string) {
	t.Helper()
	agent := a.(*agent)
	agent.thread = thread
	dir, files, err := agent.give(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dir.Remove(); err != nil {
			t.Error(err)
		}
	})
	return agent.arguments(), files
}
