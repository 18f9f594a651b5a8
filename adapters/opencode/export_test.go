package opencode

import (
	"os"
	"testing"

	"github.com/parleyhq/parley/adapters"
)

// What the tests with the real program need, which stand outside the package: opencodetest imports it.
var (
	Left         = left
	CheckOutputs = checkOutputs
	Messages     = messages
	Statuses     = statuses
	ToolOutputs  = toolOutputs
	Contains     = contains
	HistoryOf    = historyOf
)

// PID is the server's process of an agent that has begun a turn.
func PID(a adapters.Agent) int {
	agent := a.(*agent)
	agent.mu.Lock()
	defer agent.mu.Unlock()
	return agent.shared.server.process.PID()
}

// Native is OpenCode's name for the session of an agent that is between two turns.
func Native(a adapters.Agent) string { return a.(*agent).native }

// LeaveOut leaves a test out where its part cannot be had; CI must have it.
func LeaveOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}
