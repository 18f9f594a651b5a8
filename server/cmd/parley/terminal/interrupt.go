package terminal

import "github.com/spf13/cobra"

func newInterrupt(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:               "interrupt SESSION",
		Short:             "Interrupt the turn that runs",
		Long:              "Interrupt the turn that runs; messages that wait run on. Where no turn runs nothing changes.",
		Example:           "  parley interrupt refactoring",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeSession,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := t.remote.client()
			if err == nil {
				err = c.InterruptSession(cmd.Context(), args[0])
			}
			return t.done(cmd.OutOrStdout(), "interrupted", err)
		},
	}
}
