package amp

import (
	"context"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

func (a *Adapter) spec() program.Spec {
	return program.Spec{
		Name: "Amp", Command: ID, Package: "@sourcegraph/amp", Version: Version,
		// The platform's own program. The one in bin is a copy that the package's install script makes, and scripts may be
		// forbidden.
		Binaries: []string{"node_modules/@ampcode/cli-{platform}/amp{exe}"},
		DataDir:  a.config.DataDir, Fixed: a.config.Program, Env: a.env, VersionEnv: a.forProgram,
	}
}

// Install implements adapters.Installer.
func (a *Adapter) Install(ctx context.Context, r adapters.InstallRequest) (openapi.AgentInfo, error) {
	p, err := a.programs.Install(ctx, r)
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	info := a.Info(ctx).AgentInfo
	if a.config.Program == "" {
		info.Installed, info.Path, info.Version = true, p.Path, p.Version
	}
	return info, nil
}
