package terminal

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newPending(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:               "pending [SESSION]",
		Short:             "List what waits for an answer",
		Long:              "List the permissions, questions and tools that wait for an answer, of one session or of all.",
		Example:           "  parley pending",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.completeSession,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := t.remote.client()
			if err != nil {
				return err
			}
			list, err := pendingOf(cmd.Context(), c, args)
			if err != nil || t.json {
				return t.printed(cmd, list, err)
			}
			return listPending(newConsole(cmd.OutOrStdout()), list)
		},
	}
}

// pendingOf lists what waits, of the session that is named or of all.
func pendingOf(ctx context.Context, c *client.Client, session []string) (openapi.PendingResponse, error) {
	if len(session) > 0 {
		if _, err := c.GetSession(ctx, session[0]); err != nil {
			return openapi.PendingResponse{}, err
		}
	}
	all, err := c.ListPending(ctx)
	if len(session) > 0 {
		all.Permissions = slices.DeleteFunc(all.Permissions, func(p openapi.PendingPermission) bool { return p.SessionID != session[0] })
		all.Questions = slices.DeleteFunc(all.Questions, func(q openapi.PendingQuestion) bool { return q.SessionID != session[0] })
		all.Tools = slices.DeleteFunc(all.Tools, func(w openapi.PendingTool) bool { return w.SessionID != session[0] })
	}
	return all, err
}

func listPending(c *console, list openapi.PendingResponse) error {
	table := newTable(c, "SESSION", "KIND", "ID", "SINCE", "WHAT")
	for _, p := range list.Permissions {
		what := p.Permission.Action + " · " + strings.Join(facts(p.Permission.Metadata), " · ")
		table.row(cell{p.SessionID, c.paint.bold}, cell{"permission", c.paint.yellow}, cell{text: p.Permission.PermissionID},
			cell{ago(p.RequestedAt), c.paint.dim}, cell{text: what})
	}
	for _, q := range list.Questions {
		what := q.Question.Prompt + " · " + strings.Join(q.Question.Options, " / ")
		table.row(cell{q.SessionID, c.paint.bold}, cell{"question", c.paint.yellow}, cell{text: q.Question.QuestionID},
			cell{ago(q.RequestedAt), c.paint.dim}, cell{text: what})
	}
	for _, w := range list.Tools {
		table.row(cell{w.SessionID, c.paint.bold}, cell{"tool", c.paint.yellow}, cell{text: w.Tool.ToolCallID},
			cell{ago(w.RequestedAt), c.paint.dim}, cell{text: w.Tool.Name + " · " + brief(string(w.Tool.Arguments))})
	}
	return table.print("nothing waits for an answer")
}

// waiting are the sequences of the requests of the chat's session.
func (k *chat) waiting(ctx context.Context) ([]int64, error) {
	list, err := pendingOf(ctx, k.client, []string{k.session})
	var sequences []int64
	for _, p := range list.Permissions {
		sequences = append(sequences, p.Sequence)
	}
	for _, q := range list.Questions {
		sequences = append(sequences, q.Sequence)
	}
	return sequences, err
}
