package opencode

import (
	"context"
	"os"
	"regexp"
	"slices"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

func (a *Adapter) spec() program.Spec {
	return program.Spec{
		Name: "OpenCode", Command: ID, Package: "opencode-ai", Version: Version,
		Binaries: binaries(fastProcessor()),
		DataDir:  a.config.DataDir, Fixed: a.config.Program, Env: a.env,
		VersionEnv: func() []string { return a.forProgram().List() },
	}
}

// binaries are where the platform's own program is; the one in bin is a copy that the package's install script makes, and
// scripts may be forbidden. There are two of each: "baseline" runs on every processor, the other one only on a fast one.
func binaries(fast bool) []string {
	best := []string{"{platform}", "windows-x64", "windows-arm64"}
	baseline := []string{"{platform}-baseline", "linux-x64-baseline-musl", "windows-x64-baseline"}
	names := slices.Concat(baseline, best)
	if fast {
		names = slices.Concat(best, baseline)
	}
	for i, name := range names {
		names[i] = "node_modules/opencode-" + name + "/bin/opencode{exe}"
	}
	return names
}

var avx2 = regexp.MustCompile(`(?m)^flags\s*:.*\bavx2\b`)

// fastProcessor says whether the processor is known to have the instructions that the faster program needs.
func fastProcessor() bool {
	flags, err := os.ReadFile("/proc/cpuinfo")
	return err == nil && avx2.Match(flags)
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
