package terminal

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

func newSend(t *terminal) *cobra.Command {
	s := &sender{talk: talk{terminal: t}}
	cmd := &cobra.Command{
		Use:   "send SESSION MESSAGE",
		Short: "Send a message to a session, and print its turn",
		Long: `Send a message to a session, and print its turn as run does. While another turn runs the message waits for it; with --steer
the agent takes it into that turn. With --no-wait the message is only sent. A message of - is read from standard input.`,
		Example: `  parley send refactoring "Now the tests"
  parley send refactoring --attach plan.md --no-wait "Follow this plan"`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.completeSession,
		RunE:              func(cmd *cobra.Command, args []string) error { return s.run(cmd, args[0], args[1]) },
	}
	cmd.Flags().StringArrayVar(&s.attach, "attach", nil, "a `file` for the agent; repeatable")
	cmd.Flags().BoolVar(&s.request.Steer, "steer", false, "give it to the turn that runs")
	cmd.Flags().BoolVar(&s.noWait, "no-wait", false, "do not wait for the turn")
	s.add(cmd.Flags())
	return cmd
}

// sender is a message on its way.
type sender struct {
	talk
	request openapi.MessageRequest
	attach  []string
	noWait  bool
}

func (s *sender) run(cmd *cobra.Command, session, text string) (err error) {
	if s.request.Message, err = message(cmd, text); err != nil {
		return err
	}
	if s.request.Attachments, err = s.attachments(); err != nil {
		return err
	}
	c, err := s.dial()
	if err != nil {
		return err
	}
	if s.noWait {
		return s.done(cmd.OutOrStdout(), "sent", c.PostMessage(cmd.Context(), session, s.request))
	}
	stop, err := s.begin(cmd, c)
	if err != nil {
		return err
	}
	defer stop()
	info, err := c.GetSession(cmd.Context(), session)
	if err != nil {
		return err
	}
	if !s.json && !s.request.Steer && info.Status != openapi.SessionStatusIdle {
		s.notes.line(s.notes.paint.dim, fmt.Sprintf("the session is %s; the message waits for its turn", info.Status))
	}
	return s.follow(cmd.Context(), session, c.StreamMessage(cmd.Context(), session, s.request))
}

// attachments names files as the server sees them: those of this computer by their whole path.
func (s *sender) attachments() ([]openapi.Attachment, error) {
	var all []openapi.Attachment
	for _, path := range s.attach {
		if s.here() {
			whole, err := filepath.Abs(path)
			if err != nil {
				return nil, err
			}
			path = whole
		}
		all = append(all, openapi.Attachment{Path: path})
	}
	return all, nil
}
