package terminal

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newPending(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:               "pending [SESSION]",
		Short:             "List what waits for an answer",
		Long:              "List the permissions and questions that wait for an answer, of one session or of all.",
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
	if len(session) == 0 {
		return c.ListPending(ctx)
	}
	var all openapi.PendingResponse
	permissions, err := c.ListPermissions(ctx, session[0])
	if err != nil {
		return all, err
	}
	questions, err := c.ListQuestions(ctx, session[0])
	all.Permissions, all.Questions = permissions.Permissions, questions.Questions
	return all, err
}

func listPending(c *console, list openapi.PendingResponse) error {
	table := newTable(c, "SESSION", "KIND", "ID", "SINCE", "WHAT")
	for _, p := range list.Permissions {
		what := p.Permission.Action + "  " + strings.Join(facts(p.Permission.Metadata), "  ")
		table.row(cell{p.SessionID, c.paint.bold}, cell{"permission", c.paint.yellow}, cell{text: p.Permission.PermissionID},
			cell{ago(p.RequestedAt), c.paint.dim}, cell{text: what})
	}
	for _, q := range list.Questions {
		what := q.Question.Prompt + "  " + strings.Join(q.Question.Options, " / ")
		table.row(cell{q.SessionID, c.paint.bold}, cell{"question", c.paint.yellow}, cell{text: q.Question.QuestionID},
			cell{ago(q.RequestedAt), c.paint.dim}, cell{text: what})
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
