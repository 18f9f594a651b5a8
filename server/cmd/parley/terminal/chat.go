package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newChat(t *terminal) *cobra.Command {
	k := &chat{talk: talk{terminal: t}}
	cmd := &cobra.Command{
		Use:   "chat SESSION",
		Short: "Talk with an agent, message by message",
		Long: `Talk with an agent, message by message. With --agent the session is created where it does not exist.

What the agent asks is answered at the prompt. Ctrl-C interrupts the turn that runs, twice leaves; so does Ctrl-D. The session
stays, and chat takes it up again. Without a terminal every line of the input is a message.`,
		Example: `  parley chat refactoring --agent mock
  parley chat refactoring`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeSession,
		RunE:              func(cmd *cobra.Command, args []string) error { return k.run(cmd, args[0]) },
	}
	k.options.add(cmd, t)
	k.add(cmd.Flags())
	return cmd
}

// chat is a session at the keyboard.
type chat struct {
	talk
	options sessionOptions
	session string
	failed  error // how the last turn went, where that was not well
	warned  bool  // the next Ctrl-C leaves
}

func (k *chat) run(cmd *cobra.Command, session string) error {
	c, err := k.dial()
	if err != nil {
		return err
	}
	stop, err := k.begin(cmd, c)
	if err != nil {
		return err
	}
	defer stop()
	k.session = session
	info, err := k.open(cmd.Context())
	if err != nil {
		return err
	}
	k.greet(info)
	if err := k.catchUp(cmd.Context(), info); err != nil {
		return err
	}
	return k.loop(cmd.Context())
}

// open finds the session, or creates it where the caller says for which agent.
func (k *chat) open(ctx context.Context) (openapi.SessionInfo, error) {
	info, err := k.client.GetSession(ctx, k.session)
	if err == nil && info.Ended {
		err = fmt.Errorf("session %s has ended and takes no messages; `parley events` reads its log", k.session)
	}
	if !errors.Is(err, client.ErrNotFound) {
		return info, err
	}
	if k.options.request.Agent == "" {
		return info, fmt.Errorf("session not found: %s; --agent AGENT creates it, `parley sessions list` shows what there is", k.session)
	}
	req, err := k.options.work(k.here())
	if err != nil {
		return info, err
	}
	if _, err := k.client.CreateSession(ctx, k.session, req); err != nil {
		return info, err
	}
	return k.client.GetSession(ctx, k.session)
}

func (k *chat) greet(info openapi.SessionInfo) {
	if !k.keyboard.person() {
		return
	}
	words := []string{info.SessionID, info.Agent, deref(info.Model), info.AgentMode, deref(info.Directory)}
	k.notes.line(k.notes.paint.bold, flat(strings.Join(present(words), " · "), 300))
	k.notes.line(k.notes.paint.dim, "Ctrl-C interrupts a turn, twice leaves; Ctrl-D leaves")
}

// loop reads messages until there are no more.
func (k *chat) loop(ctx context.Context) error {
	for {
		k.answer.newline()
		text, err := k.keyboard.line(ctx, "> ")
		switch {
		case errors.Is(err, io.EOF):
			return k.failed
		case errors.Is(err, errInterrupt) && !k.warned:
			k.warned = true
			k.notes.line(k.notes.paint.dim, "Ctrl-C again leaves")
			continue
		case errors.Is(err, errInterrupt):
			return &Exit{Code: exitInterrupted}
		case err != nil:
			return err
		}
		k.warned = false
		if strings.TrimSpace(text) == "" {
			continue
		}
		if err := k.turn(ctx, k.client.StreamMessage(ctx, k.session, openapi.MessageRequest{Message: text})); err != nil {
			return err
		}
	}
}

// turn follows a turn. One that goes wrong does not end the chat; Ctrl-C a second time does, while it still runs.
func (k *chat) turn(ctx context.Context, events iter.Seq2[openapi.Event, error]) error {
	var over openapi.TurnStatus
	err := k.follow(ctx, k.session, func(yield func(openapi.Event, error) bool) {
		for ev, err := range events {
			if d, ok := ev.Data.(openapi.TurnEndedData); ok {
				over = d.Status
			}
			if !yield(ev, err) {
				return
			}
		}
	})
	if over == "" {
		return err
	}
	if k.failed = err; over == openapi.TurnStatusInterrupted {
		k.failed, k.warned = nil, true
	}
	return nil
}

// catchUp follows the turn that runs already, from the request on that it waits for.
func (k *chat) catchUp(ctx context.Context, info openapi.SessionInfo) error {
	if info.Status != openapi.SessionStatusRunning && info.Status != openapi.SessionStatusWaiting {
		return nil
	}
	waiting, err := k.waiting(ctx)
	if err != nil {
		return err
	}
	k.notes.line(k.notes.paint.dim, "a turn runs already")
	after := uint64(info.EventCount)
	for _, sequence := range waiting {
		after = min(after, uint64(sequence)-1)
	}
	return k.turn(ctx, untilTurnEnds(k.client.Events(ctx, k.session, after)))
}
