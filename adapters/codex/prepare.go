package codex

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/skill"
)

// Prepare implements adapters.Preparer. It makes sure that there is a program to start: the version that the session asks
// for, else whichever is there, else the adapter's own version is installed; and that the skills are there.
func (a *Adapter) Prepare(ctx context.Context, o adapters.Options) (adapters.Options, error) {
	if err := checkMCP(o.MCP); err != nil {
		return o, err
	}
	if _, err := a.skills(o).Fetch(ctx); err != nil {
		return o, skillError(err)
	}
	version, err := a.programs.Provide(ctx, o.AgentVersion)
	if err != nil {
		return o, err
	}
	o.AgentVersion = version
	return o, nil
}

func (a *Adapter) skills(o adapters.Options) skill.Sources {
	return skill.Sources{Skills: o.Skills, Cache: filepath.Join(a.config.DataDir, "skills"), Base: o.Directory}
}

func skillError(err error) error {
	var bad *skill.Error
	if errors.As(err, &bad) {
		return &adapters.OptionError{Option: "skills", Reason: bad.Error()}
	}
	return err
}
