package all

import (
	"context"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/acp"
)

// configured makes the agents that a person has configured: those of commands, and those of a file.
func configured(cfg Config) ([]adapters.Adapter, error) {
	var commands []acp.Config
	if cfg.ACPFile != "" {
		read, err := acp.ReadConfig(cfg.ACPFile)
		if err != nil {
			return nil, err
		}
		commands = read
	}
	for _, text := range cfg.ACP {
		for line := range strings.Lines(text) { // an environment variable holds several
			if strings.TrimSpace(line) == "" {
				continue
			}
			c, err := acp.ParseCommand(strings.TrimSpace(line))
			if err != nil {
				return nil, err
			}
			commands = append(commands, c)
		}
	}
	list := make([]adapters.Adapter, len(commands))
	for i, c := range commands {
		c.DataDir, c.Log = cfg.DataDir, cfg.Log
		list[i] = acp.New(c)
	}
	return list, nil
}

// distinct refuses an id that two agents have.
func distinct(list []adapters.Adapter) error {
	seen := map[string]bool{}
	for _, a := range list {
		id := a.Info(context.Background()).ID
		if seen[id] {
			return fmt.Errorf("there are two agents of the id %q", id)
		}
		seen[id] = true
	}
	return nil
}
