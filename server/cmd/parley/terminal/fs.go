package terminal

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newFs(t *terminal) *cobra.Command {
	f := &files{terminal: t}
	cmd := &cobra.Command{
		Use:   "fs",
		Short: "Read and write the server's files",
		Long: `Read and write the server's files. A relative path begins at the directory of the session that --session names, else at the
server's home.`,
	}
	cmd.PersistentFlags().StringVar(&f.session, "session", "", "relative paths begin at this session's directory")
	_ = cmd.RegisterFlagCompletionFunc("session", t.completeSessions)
	cmd.AddCommand(newFsLs(f), newFsCat(f), newFsPut(f), newFsUpload(f), newFsRm(f), newFsMv(f), newFsMkdir(f), newFsStat(f))
	return cmd
}

// files are the server's.
type files struct {
	*terminal
	session string
}

func newFsLs(f *files) *cobra.Command {
	return &cobra.Command{
		Use:               "ls [PATH]",
		Short:             "List a directory",
		Example:           "  parley fs ls --session refactoring",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: f.completePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.remote.client()
			if err != nil {
				return err
			}
			list, err := c.ListFsEntries(cmd.Context(), openapi.ListFsEntriesParams{Path: append(args, "")[0], SessionID: f.session})
			if err != nil || f.json {
				return f.printed(cmd, list, err)
			}
			return listFiles(newConsole(cmd.OutOrStdout()), list)
		},
	}
}

func listFiles(c *console, list []openapi.FsEntry) error {
	table := newTable(c, "TYPE", "SIZE", "CHANGED", "NAME")
	for _, e := range list {
		name := cell{text: e.Name}
		bytes := size(e.Size)
		if e.EntryType == openapi.FsEntryTypeDirectory {
			name, bytes = cell{e.Name + "/", c.paint.cyan}, ""
		}
		table.row(cell{text: string(e.EntryType)}, cell{text: bytes}, cell{ago(e.Modified), c.paint.dim}, name)
	}
	return table.print("an empty directory")
}

func newFsStat(f *files) *cobra.Command {
	return &cobra.Command{
		Use:               "stat PATH",
		Short:             "Describe a file or a directory",
		Example:           "  parley fs stat README.md --session refactoring",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: f.completePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.remote.client()
			if err != nil {
				return err
			}
			s, err := c.StatFs(cmd.Context(), openapi.StatFsParams{Path: args[0], SessionID: f.session})
			if err != nil || f.json {
				return f.printed(cmd, s, err)
			}
			return listFiles(newConsole(cmd.OutOrStdout()), []openapi.FsEntry{{Name: s.Path, EntryType: s.EntryType, Size: s.Size, Modified: s.Modified}})
		},
	}
}

func newFsCat(f *files) *cobra.Command {
	return &cobra.Command{
		Use:               "cat PATH...",
		Short:             "Print files",
		Long:              "Print files, byte for byte. On a terminal control characters are shown and not sent, unless --json is given.",
		Example:           "  parley fs cat report.pdf --session refactoring > report.pdf",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: f.completePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.remote.client()
			if err != nil {
				return err
			}
			out := f.harmless(cmd)
			for _, path := range args {
				if err := f.cat(cmd.Context(), c, path, out); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (f *files) cat(ctx context.Context, c *client.Client, path string, out io.Writer) error {
	body, err := c.ReadFsFile(ctx, openapi.ReadFsFileParams{Path: path, SessionID: f.session})
	if err != nil {
		return err
	}
	_, err = io.Copy(out, body)
	return errors.Join(err, body.Close())
}

// completePath offers what is in the directory of a path that was begun.
func (f *files) completePath(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	dir, _ := path.Split(begun)
	offers, _ := f.ask(func(ctx context.Context, c *client.Client, _ *cobra.Command) ([]cobra.Completion, error) {
		list, err := c.ListFsEntries(ctx, openapi.ListFsEntriesParams{Path: dir, SessionID: f.session})
		var names []cobra.Completion
		for _, e := range list {
			name := dir + e.Name
			if e.EntryType == openapi.FsEntryTypeDirectory {
				name += "/"
			}
			names = append(names, name)
		}
		return names, err
	})(cmd, args, begun)
	if len(offers) == 1 && strings.HasSuffix(offers[0], "/") {
		return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}
