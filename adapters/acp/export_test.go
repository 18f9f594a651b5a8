package acp

import (
	"github.com/parleyhq/parley/adapters"
)

// What the tests with real programs need, which stand outside the package: acptest imports it.
var (
	Left         = left
	CheckOutputs = checkOutputs
	Messages     = messages
	Statuses     = statuses
	ToolOutputs  = toolOutputs
	Contains     = contains
	HistoryOf    = historyOf
)

// Native is the agent's own name for the session of an agent that is between two turns.
func Native(a adapters.Agent) string { return a.(*agent).native }
