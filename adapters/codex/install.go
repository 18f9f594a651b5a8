package codex

import (
	"context"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// binaries are where the program is in the platform's package, by the compiler's name for the platform: a package has one
// of them. The one in bin is a Node script that looks for it.
var binaries = []string{
	vendored("x86_64-unknown-linux-musl"), vendored("aarch64-unknown-linux-musl"),
	vendored("x86_64-apple-darwin"), vendored("aarch64-apple-darwin"),
	vendored("x86_64-pc-windows-msvc"), vendored("aarch64-pc-windows-msvc"),
}

func vendored(target string) string {
	return "node_modules/@openai/codex-{platform}/vendor/" + target + "/bin/codex{exe}"
}

func (a *Adapter) spec() program.Spec {
	return program.Spec{
		Name: "Codex", Command: ID, Package: "@openai/codex", Version: Version, Binaries: binaries,
		DataDir: a.config.DataDir, Fixed: a.config.Program, Env: a.env, VersionEnv: a.forProgram,
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
