package claude

import (
	"context"

	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

func (a *Adapter) spec() program.Spec {
	return program.Spec{
		Name: "Claude Code", Command: ID, Package: "@anthropic-ai/claude-code", Version: Version,
		// The platform's own program. The one in bin is a copy that the package's install script makes, and scripts may be
		// forbidden.
		Binaries: []string{"node_modules/@anthropic-ai/claude-code-{platform}/claude{exe}"},
		DataDir:  a.config.DataDir, Fixed: a.config.Program, Env: a.env, VersionEnv: a.forProgram,
	}
}

// Install implements adapters.Installer. A version is exact, or one of npm's tags such as "latest".
func (a *Adapter) Install(ctx context.Context, version string, progress func(line string)) (openapi.AgentInfo, error) {
	p, err := a.programs.Install(ctx, version, progress)
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	info := a.Info(ctx).AgentInfo
	if a.config.Program == "" {
		info.Installed, info.Path, info.Version = true, p.Path, p.Version
	}
	return info, nil
}
