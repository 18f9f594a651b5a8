// Package all is the one list of adapters. Only the program that puts the server together imports it.
package all

import (
	"log/slog"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/acp"
	"github.com/parleyhq/parley/adapters/amp"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/adapters/codex"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/adapters/opencode"
)

// Config is what adapters are made of. The zero value works.
type Config struct {
	DataDir   string        // where adapters keep programs and state; empty = below the user's cache directory
	MockDelay time.Duration // the mock agent's pause after each event
	ACP       []string      // commands of ACP agents, as acp.ParseCommand takes them; each text may hold several, a line each
	ACPFile   string        // a file that lists ACP agents, as acp.ReadConfig takes it; empty for none
	Log       *slog.Logger  // nil = none
}

// New makes the adapters, in the order in which agents are listed. An error says what is wrong with the configuration.
func New(cfg Config) ([]adapters.Adapter, error) {
	list := []adapters.Adapter{
		claude.New(claude.Config{DataDir: cfg.DataDir, Log: cfg.Log}),
		codex.New(codex.Config{DataDir: cfg.DataDir, Log: cfg.Log}),
		opencode.New(opencode.Config{DataDir: cfg.DataDir, Log: cfg.Log}),
		amp.New(amp.Config{DataDir: cfg.DataDir, Log: cfg.Log}),
		mock.New(cfg.MockDelay),
		acp.Gemini(acp.Config{DataDir: cfg.DataDir, Log: cfg.Log}),
	}
	more, err := configured(cfg)
	if err != nil {
		return nil, err
	}
	list = append(list, more...)
	return list, distinct(list)
}
