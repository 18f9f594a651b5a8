package opencode

import (
	"context"
	"errors"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/skill"
)

// Prepare implements adapters.Preparer. It makes sure that there is a program to start: the version that the session
// asks for, else whichever is there, else the adapter's own version is installed. An agent or a model that OpenCode does
// not have is refused, where it can be asked.
func (a *Adapter) Prepare(ctx context.Context, o adapters.Options) (adapters.Options, error) {
	if provider, model := splitModel(o.Model); o.Model != "" && (provider == "" || model == "") {
		return o, &adapters.OptionError{Option: "model", Reason: "is not of the form provider/model: " + o.Model}
	}
	if _, err := a.skills(o).Fetch(ctx); err != nil {
		if bad := (*skill.Error)(nil); errors.As(err, &bad) {
			return o, &adapters.OptionError{Option: "skills", Reason: bad.Error()}
		}
		return o, err
	}
	version, err := a.programs.Provide(ctx, o.AgentVersion)
	if err != nil {
		return o, err
	}
	o.AgentVersion = version
	return o, a.check(ctx, o)
}

// splitModel splits a model's name, as in "openrouter/vendor/model", at the first slash.
func splitModel(name string) (provider, model string) {
	provider, model, _ = strings.Cut(name, "/")
	return provider, model
}

// check compares what a session asks for with what there is. What was known before need not be looked up.
func (a *Adapter) check(ctx context.Context, o adapters.Options) error {
	p, err := a.programs.Find(ctx, o.AgentVersion)
	if err != nil {
		return err
	}
	directory, err := directoryOf(o)
	if err != nil {
		return err
	}
	at := place{p.Path, directory}
	if refuse(a.known(at), o) == nil {
		return nil
	}
	c, err := a.read(ctx, at)
	if err != nil { // the first turn will say what is wrong
		a.config.Log.Warn("models and agents not listed", "error", err)
		return ctx.Err()
	}
	return refuse(c, o)
}

// refuse says what is not there. Nothing is known of a nil catalog but what every OpenCode has.
func refuse(c *catalog, o adapters.Options) error {
	known := modes(nil)[:2]
	if c != nil {
		known = c.modes
	}
	isMode := func(id string) bool {
		for _, m := range known {
			if m.ID == id {
				return true
			}
		}
		return id == ""
	}
	switch {
	case !isMode(o.AgentMode):
		return &adapters.OptionError{Option: "agentMode", Reason: "OpenCode has no such agent for this directory: " + o.AgentMode}
	case o.Model != "" && (c == nil || c.model(o.Model) == nil):
		return &adapters.OptionError{Option: "model", Reason: "OpenCode has no such model, or nobody is logged in to its provider: " + o.Model}
	}
	return nil
}
