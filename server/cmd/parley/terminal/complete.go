package terminal

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// patience is how long a shell waits for completions.
const patience = 2 * time.Second

// offer is a completion function: what a server offers, or nothing when it does not answer at once.
type offer = func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective)

// ask makes an offer of what a server answers.
func (t *terminal) ask(f func(ctx context.Context, c *client.Client, cmd *cobra.Command) ([]cobra.Completion, error)) offer {
	return func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), patience)
		defer cancel()
		c, err := t.remote.client(client.WithRetry(client.Retry{Attempts: 1}))
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		all, err := f(ctx, c, cmd)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return fitting(all, begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// fitting leaves what begins as it was begun, and what can be typed.
func fitting(all []cobra.Completion, begun string) []cobra.Completion {
	var fit []cobra.Completion
	for _, c := range all {
		if id, _, _ := strings.Cut(c, "\t"); strings.HasPrefix(id, begun) && !strings.ContainsFunc(c, unprintable) {
			fit = append(fit, c)
		}
	}
	return fit
}

func unprintable(r rune) bool { return r == '\n' || harmful(r) }

// completeSessions offers the ids of sessions.
func (t *terminal) completeSessions(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return t.ask(func(ctx context.Context, c *client.Client, _ *cobra.Command) ([]cobra.Completion, error) {
		list, err := c.ListSessions(ctx, openapi.ListSessionsParams{Limit: 100})
		var ids []cobra.Completion
		for _, s := range list.Sessions {
			ids = append(ids, cobra.CompletionWithDesc(s.SessionID, s.Agent+", "+string(s.Status)))
		}
		return ids, err
	})(cmd, args, begun)
}

// completeSession offers sessions for a command's first argument only.
func (t *terminal) completeSession(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return t.completeSessions(cmd, args, begun)
}

// completeAgent offers the ids of agents for a command's first argument, or for a flag.
func (t *terminal) completeAgent(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return t.ask(func(ctx context.Context, c *client.Client, _ *cobra.Command) ([]cobra.Completion, error) {
		list, err := c.ListAgents(ctx)
		var ids []cobra.Completion
		for _, a := range list.Agents {
			ids = append(ids, a.ID)
		}
		return ids, err
	})(cmd, args, begun)
}

// completeOptions offers values of the flags that a session is created with.
func (t *terminal) completeOptions(cmd *cobra.Command) {
	offers := map[string]offer{
		"agent": t.completeAgent,
		"mode": t.ask(func(ctx context.Context, c *client.Client, cmd *cobra.Command) ([]cobra.Completion, error) {
			list, err := c.ListAgentModes(ctx, cmd.Flag("agent").Value.String())
			var ids []cobra.Completion
			for _, m := range list.Modes {
				ids = append(ids, cobra.CompletionWithDesc(m.ID, m.Description))
			}
			return ids, err
		}),
		"model": t.ask(func(ctx context.Context, c *client.Client, cmd *cobra.Command) ([]cobra.Completion, error) {
			list, err := c.ListAgentModels(ctx, cmd.Flag("agent").Value.String())
			var ids []cobra.Completion
			for _, m := range list.Models {
				ids = append(ids, cobra.CompletionWithDesc(m.ID, m.Name))
			}
			return ids, err
		}),
		"permission-mode": func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return []cobra.Completion{"default", "plan", "acceptEdits", "bypass"}, cobra.ShellCompDirectiveNoFileComp
		},
	}
	for flag, f := range offers {
		_ = cmd.RegisterFlagCompletionFunc(flag, f) // fails only for a flag that is not there
	}
}
