package terminal

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newSessions(t *terminal) *cobra.Command {
	cmd := &cobra.Command{Use: "sessions", Short: "List, create, show and end sessions"}
	cmd.AddCommand(newSessionsList(t), newSessionsCreate(t), newSessionsGet(t),
		newSessionsEnd(t, "terminate", "End sessions for good; their logs are kept",
			func(ctx context.Context, c *client.Client, session string) error {
				return c.TerminateSession(ctx, session)
			}),
		newSessionsEnd(t, "delete", "End sessions and erase their logs",
			func(ctx context.Context, c *client.Client, session string) error {
				return c.DeleteSession(ctx, session)
			}))
	return cmd
}

func newSessionsList(t *terminal) *cobra.Command {
	var params openapi.ListSessionsParams
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List sessions, newest first",
		Example: "  parley sessions list --limit 10",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := t.remote.client()
			if err != nil {
				return err
			}
			list, err := c.ListSessions(cmd.Context(), params)
			if err != nil || t.json {
				return t.printed(cmd, list, err)
			}
			return listSessions(newConsole(cmd.OutOrStdout()), list)
		},
	}
	cmd.Flags().IntVar(&params.Limit, "limit", 0, "at most so many; 0 = all")
	cmd.Flags().StringVar(&params.Cursor, "cursor", "", "the nextCursor of the page before")
	return cmd
}

// printed prints an answer as JSON, unless there is none.
func (t *terminal) printed(cmd *cobra.Command, answer any, err error) error {
	if err != nil {
		return err
	}
	return printJSON(cmd.OutOrStdout(), answer)
}

func listSessions(c *console, list openapi.SessionListResponse) error {
	table := newTable(c, "SESSION", "STATUS", "AGENT", "MODEL", "EVENTS", "CHANGED", "TITLE")
	for _, s := range list.Sessions {
		table.row(
			cell{s.SessionID, c.paint.bold}, statusCell(c, s), cell{text: s.Agent}, cell{text: deref(s.Model)},
			cell{text: fmt.Sprint(s.EventCount)}, cell{agoMilli(s.UpdatedAt), c.paint.dim}, cell{text: deref(s.Title)})
	}
	if err := table.print("no sessions; `parley run` and `parley sessions create` make one"); err != nil {
		return err
	}
	if list.NextCursor != "" {
		c.line(c.paint.dim, "there are more: --cursor "+flat(list.NextCursor, 500))
	}
	return nil
}

func statusCell(c *console, s openapi.SessionInfo) cell {
	text := string(s.Status)
	if s.QueuedMessages > 0 {
		text += fmt.Sprintf(" (%d queued)", s.QueuedMessages)
	}
	return cell{text, statusStyle(c, s.Status)}
}

func statusStyle(c *console, s openapi.SessionStatus) *color.Color {
	switch s {
	case openapi.SessionStatusRunning, openapi.SessionStatusQueued:
		return c.paint.green
	case openapi.SessionStatusWaiting:
		return c.paint.yellow
	case openapi.SessionStatusEnded:
		return c.paint.dim
	case openapi.SessionStatusIdle:
	}
	return c.paint.plain
}

// newSessionsEnd makes a command that ends sessions in one way or the other.
func newSessionsEnd(t *terminal, name, short string, end func(context.Context, *client.Client, string) error) *cobra.Command {
	return &cobra.Command{
		Use:               name + " SESSION...",
		Short:             short,
		Example:           "  parley sessions " + name + " refactoring",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: t.completeSessions,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := t.remote.client()
			for _, session := range args {
				if err == nil {
					err = end(cmd.Context(), c, session)
				}
			}
			return t.done(cmd.OutOrStdout(), strings.Join(args, ", ")+" "+name+"d", err)
		},
	}
}

// done says that something was done to which the API answers nothing.
func (t *terminal) done(out io.Writer, what string, err error) error {
	if err == nil && !t.json {
		c := newConsole(out)
		c.line(c.paint.plain, flat(what, 500))
	}
	return err
}
