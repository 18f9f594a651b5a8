package claude

import (
	"context"
	"errors"
	"os"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/skill"
)

// Prepare implements adapters.Preparer. It makes sure that there is a program to start: the version that the session
// asks for, else whichever is there, else the adapter's own version is installed.
func (a *Adapter) Prepare(ctx context.Context, o adapters.Options) (adapters.Options, error) {
	if o.PermissionMode == permissionBypass && refusesBypass(a.env, os.Getuid()) {
		return o, &adapters.OptionError{
			Option: "permissionMode",
			Reason: "bypass is refused by Claude Code for the root user; run the server as another user, or set IS_SANDBOX=1 where root cannot do harm",
		}
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

// checkSkills makes sure that the skills are there; repositories are fetched.
func (a *Adapter) checkSkills(ctx context.Context, o adapters.Options) error {
	_, err := a.skills(o).Fetch(ctx)
	if bad := (*skill.Error)(nil); errors.As(err, &bad) {
		return &adapters.OptionError{Option: "skills", Reason: bad.Error()}
	}
	return err
}

// efforts are the variants: how hard the model thinks.
var efforts = map[string]bool{"low": true, "medium": true, "high": true, "xhigh": true, "max": true}
