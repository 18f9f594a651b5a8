package claude

import "github.com/parleyhq/parley/adapters"

// What the tests with the real program need, which stand outside the package: claudetest imports it.
var (
	Left         = left
	CheckOutputs = checkOutputs
	Messages     = messages
	Statuses     = statuses
	ToolOutputs  = toolOutputs
	Contains     = contains
	HistoryOf    = historyOf
)

// PID is the process of an agent.
func PID(a adapters.Agent) int { return a.(*agent).conn.process.PID() }

// Gone waits until an agent's process is gone.
func Gone(a adapters.Agent) { <-a.(*agent).conn.process.Done() }

// Native is Claude Code's name for an agent's session.
func Native(a adapters.Agent) string { return a.(*agent).native }
