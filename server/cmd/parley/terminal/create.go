package terminal

import (
	"errors"

	"github.com/spf13/cobra"
)

func newSessionsCreate(t *terminal) *cobra.Command {
	var options sessionOptions
	cmd := &cobra.Command{
		Use:   "create [SESSION]",
		Short: "Create a session, and print its id",
		Long:  "Create a session, and print its id. Without an id one is chosen.",
		Example: `  parley sessions create refactoring --agent mock --directory .
  SESSION=$(parley sessions create --agent mock)`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if options.request.Agent == "" {
				return errors.New("say whose session it is with --agent; `parley agents list` lists the agents")
			}
			c, err := t.remote.client()
			if err != nil {
				return err
			}
			req, err := options.create(t.here())
			if err != nil {
				return err
			}
			id := append(args, newID("session"))[0]
			answer, err := c.CreateSession(cmd.Context(), id, req)
			if err != nil || t.json {
				return t.printed(cmd, answer, err)
			}
			return t.done(cmd.OutOrStdout(), id, nil)
		},
	}
	options.add(cmd, t)
	return cmd
}
