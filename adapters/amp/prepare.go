package amp

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/skill"
	"github.com/parleyhq/parley/openapi"
)

// Prepare implements adapters.Preparer. It makes sure that there is a program to start: the version that the session
// asks for, else whichever is there, else the adapter's own version is installed.
func (a *Adapter) Prepare(ctx context.Context, o adapters.Options) (adapters.Options, error) {
	if o.Model != "" && o.Model != defaultModel {
		return o, &adapters.OptionError{Option: "model", Reason: "Amp chooses its models itself: " + defaultModel + " is the only one; see variant"}
	}
	if err := checkMCP(o.MCP); err != nil {
		return o, err
	}
	if err := a.checkSkills(ctx, o); err != nil {
		return o, err
	}
	version, err := a.programs.Provide(ctx, o.AgentVersion)
	if err != nil {
		return o, err
	}
	o.AgentVersion = version
	return o, nil
}

// checkMCP refuses what Amp cannot be told of a server.
func checkMCP(servers map[string]openapi.MCPServer) error {
	for name, s := range servers {
		reason := ""
		switch {
		case s.TimeoutMs != 0:
			reason = "timeoutMs cannot be told to Amp"
		case s.OAuth.Config != openapi.MCPOAuthConfig{}:
			reason = "Amp takes no OAuth client of the session's; log in by `amp mcp oauth login`"
		default:
			continue
		}
		return &adapters.OptionError{Option: "mcp", Reason: "server " + name + ": " + reason}
	}
	return nil
}

// skills are where a session's skills come from.
func (a *Adapter) skills(o adapters.Options) skill.Sources {
	return skill.Sources{Skills: o.Skills, Cache: filepath.Join(a.config.DataDir, "skills"), Base: o.Directory}
}

// checkSkills makes sure that the skills are there; repositories are fetched.
func (a *Adapter) checkSkills(ctx context.Context, o adapters.Options) error {
	_, err := a.skills(o).Fetch(ctx)
	if bad := (*skill.Error)(nil); errors.As(err, &bad) {
		return &adapters.OptionError{Option: "skills", Reason: bad.Error()}
	}
	return err
}
