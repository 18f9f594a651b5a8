package terminal

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

func newAgentsModels(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:               "models AGENT",
		Short:             "List the models of an agent",
		Long:              "List the models of an agent. It may be started once to tell them.",
		Example:           "  parley agents models mock",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeAgent,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := t.remote.client()
			if err != nil {
				return err
			}
			list, err := c.ListAgentModels(cmd.Context(), args[0])
			if err != nil || t.json {
				return t.printed(cmd, list, err)
			}
			return printModels(newConsole(cmd.OutOrStdout()), list)
		},
	}
}

func printModels(c *console, list openapi.AgentModelsResponse) error {
	table := newTable(c, "MODEL", "NAME", "VARIANTS", "DEFAULT")
	for _, m := range list.Models {
		chosen := cell{text: ""}
		if m.ID == list.DefaultModel {
			chosen = cell{"default", c.paint.green}
		}
		table.row(cell{m.ID, c.paint.bold}, cell{text: m.Name}, cell{text: strings.Join(m.Variants, " ")}, chosen)
	}
	return table.print("the agent tells no models")
}
