package terminal

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

func newAgentsInstall(t *terminal) *cobra.Command {
	var reinstall bool
	cmd := &cobra.Command{
		Use:               "install AGENT[@VERSION]",
		Short:             "Install an agent's program",
		Long:              "Install an agent's program: where the server is that is named, else on this computer.",
		Example:           "  parley agents install NAME@latest",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeAgent,
		RunE: func(cmd *cobra.Command, args []string) error {
			agent, version, _ := strings.Cut(args[0], "@")
			progress := startProgress(newConsole(cmd.ErrOrStderr()), "installing "+args[0])
			info, err := t.install(cmd.Context(), agent, openapi.InstallAgentRequest{Version: version, Reinstall: reinstall}, progress)
			progress.end()
			if err != nil || t.json {
				return t.printed(cmd, info, err)
			}
			return t.done(cmd.OutOrStdout(), installed(info), nil)
		},
	}
	cmd.Flags().BoolVar(&reinstall, "reinstall", false, "install although it is there")
	t.machine.Flags(cmd.Flags())
	return cmd
}

func installed(a openapi.AgentInfo) string {
	if a.Path == "" {
		return a.ID + " needs no program"
	}
	return fmt.Sprintf("%s %s is installed at %s", a.ID, a.Version, a.Path)
}

// install installs, and tells what there is then.
func (t *terminal) install(ctx context.Context, agent string, req openapi.InstallAgentRequest, p *progress) (openapi.AgentInfo, error) {
	if !t.given() {
		return t.machine.InstallAgent(ctx, agent, req, p.line)
	}
	c, err := t.remote.client()
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	if err := c.InstallAgent(ctx, agent, req); err != nil {
		return openapi.AgentInfo{}, err
	}
	list, err := c.ListAgents(ctx)
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	for _, a := range list.Agents {
		if a.ID == agent {
			return a, nil
		}
	}
	return openapi.AgentInfo{}, fmt.Errorf("agent %s was installed, and the server does not list it", agent)
}
