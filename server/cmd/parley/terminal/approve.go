package terminal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newApprove(t *terminal) *cobra.Command {
	var always bool
	cmd := &cobra.Command{
		Use:   "approve SESSION [PERMISSION]",
		Short: "Permit what an agent has asked for",
		Long:  "Permit what an agent has asked for. The permission's id may be left out where only one waits.",
		Example: `  parley approve refactoring
  parley approve refactoring toolu_01 --always`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: t.completeRequest,
		RunE: func(cmd *cobra.Command, args []string) error {
			reply := openapi.PermissionReplyOnce
			if always {
				reply = openapi.PermissionReplyAlways
			}
			return t.decide(cmd, args, reply)
		},
	}
	cmd.Flags().BoolVar(&always, "always", false, "also whatever is like it, for the rest of the session")
	return cmd
}

func newReject(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "reject SESSION [PERMISSION|QUESTION]",
		Short: "Refuse what an agent has asked for, or to answer its question",
		Long:  "Refuse what an agent has asked for, or to answer its question. The id may be left out where only one request waits.",
		Example: `  parley reject refactoring
  parley reject refactoring toolu_01`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: t.completeRequest,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.decide(cmd, args, openapi.PermissionReplyReject)
		},
	}
}

// decide answers a permission, or rejects a question.
func (t *terminal) decide(cmd *cobra.Command, args []string, reply openapi.PermissionReply) error {
	ctx, session := cmd.Context(), args[0]
	c, err := t.remote.client()
	if err != nil {
		return err
	}
	list, err := pendingOf(ctx, c, args[:1])
	if err != nil {
		return err
	}
	if reply != openapi.PermissionReplyReject {
		list.Questions = nil
	}
	id, err := oneOf(list, session, args[1:])
	if err != nil {
		return err
	}
	return t.done(cmd.OutOrStdout(), id+": "+string(reply), send(ctx, c, list, session, id, reply))
}

func send(ctx context.Context, c *client.Client, list openapi.PendingResponse, session, id string, reply openapi.PermissionReply) error {
	if slices.ContainsFunc(list.Questions, func(q openapi.PendingQuestion) bool { return q.Question.QuestionID == id }) {
		return c.RejectQuestion(ctx, session, id)
	}
	return c.ReplyPermission(ctx, session, id, reply)
}

// oneOf is the request that is meant: the one that is named, or the only one.
func oneOf(list openapi.PendingResponse, session string, named []string) (string, error) {
	if len(named) > 0 {
		return named[0], nil
	}
	switch ids := requestIDs(list); len(ids) {
	case 0:
		return "", fmt.Errorf("nothing waits for that answer in session %s", session)
	case 1:
		return ids[0], nil
	default:
		return "", fmt.Errorf("several requests wait in session %s, name one of them: %s", session, strings.Join(ids, ", "))
	}
}

func requestIDs(list openapi.PendingResponse) []string {
	var ids []string
	for _, p := range list.Permissions {
		ids = append(ids, p.Permission.PermissionID)
	}
	for _, q := range list.Questions {
		ids = append(ids, q.Question.QuestionID)
	}
	return ids
}

// completeRequest offers sessions, and then what waits in one.
func (t *terminal) completeRequest(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return t.completeSessions(cmd, args, begun)
	}
	return t.ask(func(ctx context.Context, c *client.Client, _ *cobra.Command) ([]cobra.Completion, error) {
		list, err := pendingOf(ctx, c, args[:1])
		return requestIDs(list), err
	})(cmd, args, begun)
}
