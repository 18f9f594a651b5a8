package codex

import (
	"os"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// What the tests with the real program need, which stand outside the package: codextest imports it.
var (
	Left         = left
	CheckOutputs = checkOutputs
	Messages     = messages
	TextsOf      = textsOf
	Statuses     = statuses
	ToolOutputs  = toolOutputs
	Contains     = contains
	HistoryOf    = historyOf
)

// Outputs are the outputs of a type.
func Outputs[T openapi.Output](said []openapi.Output) []T { return pick[T](said) }

// Parts are the parts of a type in the completed items.
func Parts[T openapi.Part](said []openapi.Output) []T { return parts[T](said) }

// PID is the process of an agent that has begun a turn.
func PID(a adapters.Agent) int {
	agent := a.(*agent)
	agent.mu.Lock()
	defer agent.mu.Unlock()
	return agent.conn.rpc.Process.PID()
}

// Native is Codex's name for the session of an agent that is between two turns.
func Native(a adapters.Agent) string { return a.(*agent).native }

// LeaveOut leaves a test out where its part cannot be had; CI must have it.
func LeaveOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}
