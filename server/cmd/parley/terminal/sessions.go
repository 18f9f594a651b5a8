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

func newSessionsGet(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:               "get SESSION",
		Short:             "Show a session",
		Example:           "  parley sessions get refactoring",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeSession,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := t.remote.client()
			if err != nil {
				return err
			}
			info, err := c.GetSession(cmd.Context(), args[0])
			if err != nil || t.json {
				return t.printed(cmd, info, err)
			}
			return showSession(newConsole(cmd.OutOrStdout()), info)
		},
	}
}

func showSession(c *console, s openapi.SessionInfo) error {
	facts := []struct {
		name string
		cell cell
	}{
		{"session", cell{s.SessionID, c.paint.bold}}, {"status", statusCell(c, s)}, {"title", cell{text: deref(s.Title)}},
		{"agent", cell{text: strings.Join(present([]string{s.Agent, s.AgentMode, deref(s.Model), deref(s.Variant)}), " · ")}},
		{"permissions", cell{text: s.PermissionMode}}, {"directory", cell{text: deref(s.Directory)}},
		{"native id", cell{text: deref(s.NativeSessionID)}}, {"events", cell{text: fmt.Sprint(s.EventCount)}},
		{"waits for", cell{text: waitsFor(s.PendingRequests)}},
		{"created", cell{text: agoMilli(s.CreatedAt)}}, {"changed", cell{text: agoMilli(s.UpdatedAt)}},
	}
	for _, f := range facts {
		if f.cell.text == "" {
			continue
		}
		if f.cell.style == nil {
			f.cell.style = c.paint.plain
		}
		c.say(c.paint.dim, fmt.Sprintf("%-12s", f.name))
		c.say(f.cell.style, flat(f.cell.text, 1000)+"\n")
	}
	return nil
}

func waitsFor(requests int) string {
	if requests == 0 {
		return ""
	}
	return fmt.Sprintf("%d answers; `parley pending` shows to what", requests)
}

// present leaves out what is empty.
func present(words []string) []string {
	var there []string
	for _, word := range words {
		if word != "" {
			there = append(there, word)
		}
	}
	return there
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
