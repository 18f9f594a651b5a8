package claude

import (
	"context"
	"os"

	"github.com/parleyhq/parley/adapters"
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
	version, err := a.programs.Provide(ctx, o.AgentVersion)
	if err != nil {
		return o, err
	}
	o.AgentVersion = version
	return o, nil
}

// efforts are the variants: how hard the model thinks.
var efforts = map[string]bool{"low": true, "medium": true, "high": true, "xhigh": true, "max": true}
