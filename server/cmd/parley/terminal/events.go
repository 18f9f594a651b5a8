package terminal

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newEvents(t *terminal) *cobra.Command {
	e := &reader{terminal: t}
	cmd := &cobra.Command{
		Use:   "events SESSION",
		Short: "Print a session's log, a line an event",
		Long: `Print a session's log, a line an event, or with --json the events themselves. With --follow it goes on as they happen, until
the session is terminated.`,
		Example: `  parley events refactoring --follow
  parley events refactoring --offset 120 --json | jq .type`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeSession,
		RunE:              func(cmd *cobra.Command, args []string) error { return e.run(cmd, args[0]) },
	}
	cmd.Flags().BoolVarP(&e.follow, "follow", "f", false, "go on as events happen")
	cmd.Flags().Uint64Var(&e.offset, "offset", 0, "sequence of the last event that is left out")
	cmd.Flags().Int64Var(&e.limit, "limit", 0, "at most so many events; 0 = all")
	cmd.Flags().BoolVar(&e.raw, "raw", false, "with the agent's own payloads")
	return cmd
}

// reader prints events.
type reader struct {
	*terminal
	follow, raw bool
	offset      uint64
	limit       int64
}

func (e *reader) run(cmd *cobra.Command, session string) error {
	c, err := e.remote.client()
	if err != nil {
		return err
	}
	out := newConsole(cmd.OutOrStdout())
	var n int64
	for ev, err := range e.events(cmd.Context(), c, session) {
		if err != nil {
			return err
		}
		if err := e.print(out, ev); err != nil {
			return err
		}
		if n++; n == e.limit {
			break
		}
	}
	return nil
}

func (e *reader) print(out *console, ev openapi.Event) error {
	if e.json {
		return printJSON(out.w, ev)
	}
	printEvent(out, ev)
	if e.raw && len(ev.Raw) > 0 {
		out.line(out.paint.dim, "        "+string(ev.Raw))
	}
	return nil
}

// events yields what is asked for.
func (e *reader) events(ctx context.Context, c *client.Client, session string) iter.Seq2[openapi.Event, error] {
	if !e.follow {
		return e.pages(ctx, c, session)
	}
	if e.raw {
		return c.Events(ctx, session, e.offset, client.IncludeRaw())
	}
	return c.Events(ctx, session, e.offset)
}

// pageSize is how many events are asked for at once.
const pageSize = 1000

// pages yields the log as it is, page by page.
func (e *reader) pages(ctx context.Context, c *client.Client, session string) iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		params := openapi.GetEventsParams{Offset: int64(e.offset), IncludeRaw: e.raw, Limit: new(int64(pageSize))}
		for {
			page, err := c.GetEvents(ctx, session, params)
			if err != nil {
				yield(openapi.Event{}, err)
				return
			}
			for _, ev := range page.Events {
				if params.Offset = int64(ev.Sequence); !yield(ev, nil) {
					return
				}
			}
			if !page.HasMore {
				return
			}
		}
	}
}

// untilTurnEnds yields events up to the end of a turn.
func untilTurnEnds(events iter.Seq2[openapi.Event, error]) iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		for ev, err := range events {
			if _, over := ev.Data.(openapi.TurnEndedData); !yield(ev, err) || over {
				return
			}
		}
	}
}
