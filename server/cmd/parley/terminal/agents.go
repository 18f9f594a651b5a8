package terminal

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

func newAgents(t *terminal) *cobra.Command {
	cmd := &cobra.Command{Use: "agents", Short: "List and install agents"}
	cmd.AddCommand(newAgentsList(t), newAgentsInstall(t), newAgentsModes(t), newAgentsModels(t))
	return cmd
}

func newAgentsList(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the agents that can be started",
		Long:    "List the agents that can be started: by the server that is named, else on this computer.",
		Example: "  parley agents list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := t.listAgents(cmd.Context())
			if err != nil || t.json {
				return t.printed(cmd, list, err)
			}
			return printAgents(newConsole(cmd.OutOrStdout()), list.Agents)
		},
	}
	t.machine.Flags(cmd.Flags())
	return cmd
}

func (t *terminal) listAgents(ctx context.Context) (openapi.AgentListResponse, error) {
	if !t.given() {
		list, err := t.machine.ListAgents(ctx)
		return openapi.AgentListResponse{Agents: list}, err
	}
	c, err := t.remote.client()
	if err != nil {
		return openapi.AgentListResponse{}, err
	}
	return c.ListAgents(ctx)
}

func printAgents(c *console, agents []openapi.AgentInfo) error {
	table := newTable(c, "AGENT", "INSTALLED", "LOGIN", "VERSION", "PROGRAM")
	for _, a := range agents {
		table.row(cell{a.ID, c.paint.bold}, yes(c, a.Installed), yes(c, a.CredentialsAvailable), cell{text: a.Version}, cell{a.Path, c.paint.dim})
	}
	return table.print("no agents")
}

func yes(c *console, b bool) cell {
	if b {
		return cell{"yes", c.paint.green}
	}
	return cell{"no", c.paint.dim}
}

func newAgentsModes(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:               "modes AGENT",
		Short:             "List the modes of an agent",
		Example:           "  parley agents modes mock",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeAgent,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := t.remote.client()
			if err != nil {
				return err
			}
			list, err := c.ListAgentModes(cmd.Context(), args[0])
			if err != nil || t.json {
				return t.printed(cmd, list, err)
			}
			out := newConsole(cmd.OutOrStdout())
			table := newTable(out, "MODE", "NAME", "WHAT IT DOES")
			for _, m := range list.Modes {
				table.row(cell{m.ID, out.paint.bold}, cell{text: m.Name}, cell{text: m.Description})
			}
			return table.print("the agent has no modes")
		},
	}
}
