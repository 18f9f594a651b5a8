package terminal

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

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
