package terminal

import (
	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newFsRm(f *files) *cobra.Command {
	var recursive bool
	cmd := f.change("rm PATH...", "Delete files and directories", "  parley fs rm -r build --session refactoring", "deleted",
		func(cmd *cobra.Command, c *client.Client, path string) (openapi.FsChanged, error) {
			return c.DeleteFsEntry(cmd.Context(), openapi.DeleteFsEntryParams{Path: path, SessionID: f.session, Recursive: recursive})
		})
	cmd.Flags().BoolVarP(&recursive, "recursive", "r", false, "directories with all that is in them")
	return cmd
}

func newFsMkdir(f *files) *cobra.Command {
	return f.change("mkdir PATH...", "Make directories, and those above them", "  parley fs mkdir notes/2026 --session refactoring", "made",
		func(cmd *cobra.Command, c *client.Client, path string) (openapi.FsChanged, error) {
			return c.MkdirFs(cmd.Context(), openapi.MkdirFsParams{Path: path, SessionID: f.session})
		})
}

// change makes a command that does one thing to each of several paths.
func (f *files) change(use, short, example, done string, do func(*cobra.Command, *client.Client, string) (openapi.FsChanged, error)) *cobra.Command {
	return &cobra.Command{
		Use:               use,
		Short:             short,
		Example:           example,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: f.completePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.remote.client()
			if err != nil {
				return err
			}
			for _, path := range args {
				changed, err := do(cmd, c, path)
				if err := f.either(cmd, changed, changed.Path+" "+done, err); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// either prints an answer as JSON, or says what it means.
func (t *terminal) either(cmd *cobra.Command, answer any, meaning string, err error) error {
	if err != nil || t.json {
		return t.printed(cmd, answer, err)
	}
	return t.done(cmd.OutOrStdout(), meaning, nil)
}

func newFsMv(f *files) *cobra.Command {
	var req openapi.FsMoveRequest
	cmd := &cobra.Command{
		Use:               "mv FROM TO",
		Short:             "Move or rename a file or a directory",
		Example:           "  parley fs mv draft.md final.md --session refactoring",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: f.completePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.remote.client()
			if err != nil {
				return err
			}
			req.From, req.To = args[0], args[1]
			moved, err := c.MoveFs(cmd.Context(), openapi.MoveFsParams{SessionID: f.session}, req)
			return f.either(cmd, moved, moved.From+" is now "+moved.To, err)
		},
	}
	cmd.Flags().BoolVar(&req.Overwrite, "overwrite", false, "replace what is there")
	return cmd
}
