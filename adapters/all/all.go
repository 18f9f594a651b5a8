// Package all is the one list of adapters. Only the program that puts the server together imports it.
package all

import (
	"log/slog"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/all/absent"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/adapters/mock"
)

// Config is what adapters are made of. The zero value works.
type Config struct {
	DataDir   string        // where adapters keep programs and state; empty = below the user's cache directory
	MockDelay time.Duration // the mock agent's pause after each event
	Log       *slog.Logger  // nil = none
}

// New makes the adapters, in the order in which agents are listed.
func New(cfg Config) []adapters.Adapter {
	return []adapters.Adapter{
		claude.New(claude.Config{DataDir: cfg.DataDir, Log: cfg.Log}),
		absent.Codex(),
		absent.OpenCode(),
		absent.Amp(),
		mock.New(cfg.MockDelay),
	}
}
