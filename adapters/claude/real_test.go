package claude_test

import (
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/adapters/claude/claudetest"
)

func TestSuiteReal(t *testing.T) {
	program := claudetest.Binary(t)
	server := model.Start(t)
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: claude.New(claude.Config{DataDir: t.TempDir(), Program: program, Env: claudetest.Env(t.TempDir(), server.URL)}),
			Options: adapters.Options{SessionID: t.Name(), AgentMode: "build", PermissionMode: "default", Directory: t.TempDir()},
			Say: adaptertest.Messages{
				Text: "say hello there", Stream: "slow 5 20", Long: "slow 1000 50", Permission: "run touch made-here\nsay done",
				Question:  "ask Which color? | Red | Blue\nsay done",
				Questions: "ask multi Which colors? | Red | Blue ;; Which size? | Small | Large\nsay done",
				Flood:     "big 10485760",
			},
		}
	})
}
