package terminal

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newRun(t *terminal) *cobra.Command {
	r := &runner{talk: talk{terminal: t}}
	cmd := &cobra.Command{
		Use:   "run PROMPT",
		Short: "Ask an agent, and print its answer",
		Long: `Ask an agent, and print its answer.

Without --server the server is asked that runs on this computer's data; where none does, one is started for as long as it
takes. Without --agent the first agent is asked that is installed and has a login. The answer goes to standard output, what
the agent does besides to standard error. A prompt of - is read from standard input.

The exit code is 0 when the agent has done its work, 1 when it failed or was refused something because nobody could be asked,
and 130 when it was interrupted.`,
		Example: `  parley run "What does this repository do?"
  parley run --approve once --mode plan "How would you speed up the tests?"
  git diff | parley run - > review.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, args[0]) },
	}
	r.options.add(cmd, t)
	r.add(cmd.Flags())
	cmd.Flags().StringVar(&r.session, "session", "", "go on with this session")
	_ = cmd.RegisterFlagCompletionFunc("session", t.completeSessions)
	t.machine.Flags(cmd.Flags())
	return cmd
}

// runner is one prompt on its way.
type runner struct {
	talk
	options sessionOptions
	session string
}

func (r *runner) run(cmd *cobra.Command, prompt string) (err error) {
	if prompt, err = message(cmd, prompt); err != nil {
		return err
	}
	if name := r.options.given(cmd.Flags()); r.session != "" && name != "" {
		return fmt.Errorf("%s is for a new session, and --session goes on with one", name)
	}
	end, err := r.serve(cmd.Context())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	c, err := r.dial()
	if err != nil {
		return err
	}
	stop, err := r.begin(cmd, c)
	if err != nil {
		return err
	}
	defer stop()
	if err := r.open(cmd.Context()); err != nil {
		return err
	}
	err = r.follow(cmd.Context(), r.session, c.StreamMessage(cmd.Context(), r.session, openapi.MessageRequest{Message: prompt}))
	if !r.json && r.keyboard.person() {
		r.notes.line(r.notes.paint.dim, fmt.Sprintf("session %s; go on with --session %s", r.session, r.session))
	}
	return err
}

// serve starts a server where none is named and none runs.
func (r *runner) serve(ctx context.Context) (end func() error, err error) {
	if r.given() {
		return func() error { return nil }, nil
	}
	own, err := r.machine.Serve(ctx)
	if err != nil {
		return nil, err
	}
	r.server, r.token = own.URL, cmp.Or(own.Token, r.token)
	return own.Close, nil
}

// open creates the session, unless one is gone on with.
func (r *runner) open(ctx context.Context) error {
	if r.session != "" {
		_, err := r.client.GetSession(ctx, r.session)
		return err
	}
	req, err := r.options.work(r.here())
	if err != nil {
		return err
	}
	if req.Agent == "" {
		if req.Agent, err = firstAgent(ctx, r.client); err != nil {
			return err
		}
	}
	r.session = newID("run")
	_, err = r.client.CreateSession(ctx, r.session, req)
	return err
}

// firstAgent is the first one that is installed and has a login. The mock agent answers only when it is asked for.
func firstAgent(ctx context.Context, c *client.Client) (string, error) {
	list, err := c.ListAgents(ctx)
	if err != nil {
		return "", err
	}
	var installed, missing []string
	for _, a := range list.Agents {
		switch {
		case a.ID == mock:
		case !a.Installed:
			missing = append(missing, a.ID)
		case a.CredentialsAvailable:
			return a.ID, nil
		default:
			installed = append(installed, a.ID)
		}
	}
	return "", noAgent(installed, missing)
}

// mock is the agent that is always there, and no help to anybody who has not asked for it.
const mock = "mock"

// noAgent says what is to be done before an agent can be asked.
func noAgent(installed, missing []string) error {
	switch {
	case len(installed) > 0:
		return fmt.Errorf("no agent has a login: log in with the program of %s, or set its key in the server's environment", strings.Join(installed, " or "))
	case len(missing) > 0:
		return fmt.Errorf("no agent is installed: `parley agents install %s` installs one; there are also %s", missing[0], strings.Join(append(missing[1:], mock), ", "))
	}
	return errors.New("there is no agent; --agent mock answers without one")
}

// newID is an id that is short enough to be typed.
func newID(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()[:6]) }

// message is a text, or with - what is on standard input.
func message(cmd *cobra.Command, text string) (string, error) {
	if text == "-" {
		all, err := io.ReadAll(cmd.InOrStdin())
		if err != nil {
			return "", err
		}
		text = strings.TrimRight(string(all), "\r\n")
	}
	if strings.TrimSpace(text) == "" {
		return "", errors.New("there is nothing to say: the message is empty")
	}
	return text, nil
}
