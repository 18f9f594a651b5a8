package acp

import (
	"context"
	"maps"
	"slices"

	"github.com/parleyhq/parley/adapters"
)

// Prepare implements adapters.Preparer. It makes sure that there is a program to start, and refuses what is known to be more
// than the agent can.
func (a *Adapter) Prepare(ctx context.Context, o adapters.Options) (adapters.Options, error) {
	version, err := a.kind.provide(ctx, o.AgentVersion)
	if err != nil {
		return o, err
	}
	o.AgentVersion = version
	p, err := a.kind.find(ctx, version)
	if err != nil {
		return o, err
	}
	f := a.facts(ctx, p)
	if conflict(f.Session.modeSettings(o)) {
		return o, &adapters.OptionError{Option: "permissionMode", Reason: "the agent has one mode at a time, and agentMode asks for another one"}
	}
	var can *agentCapabilities
	if f.Told {
		can = &f.About.Capabilities
	}
	for _, name := range slices.Sorted(maps.Keys(o.MCP)) {
		s := o.MCP[name]
		if s.Enabled != nil && !*s.Enabled {
			continue
		}
		if err := takesMCP(name, s, a.environment(), can); err != nil {
			return o, err
		}
	}
	return o, nil
}
