package claude

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
)

// agent is one session's Claude Code.
type agent struct {
	adapter *Adapter
	options adapters.Options
	program program.Program
	log     *slog.Logger

	// Used by Turn only.
	native  string          // Claude Code's name for the session
	told    string          // the name that the host knows
	taken   bool            // Claude Code has said that it has the session
	unknown map[string]bool // sessions that Claude Code has said that it does not have
	refused map[string]bool // options that it has said that it does not know

	mu     sync.Mutex
	conn   *conn // nil while no process runs
	closed bool
}

var errClosed = errors.New("the agent is closed")

// Close implements adapters.Agent.
func (a *agent) Close(ctx context.Context) error {
	a.mu.Lock()
	a.closed = true
	c := a.conn
	a.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.stop(ctx)
}

func (a *agent) isClosed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

// Turn implements adapters.Agent.
func (a *agent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	for attempt := 1; ; attempt++ {
		switch {
		case a.isClosed():
			return adapters.Outcome{}, errClosed
		case ctx.Err() != nil:
			return interrupted, nil
		}
		c, replay, err := a.ready(ctx, in.TurnID)
		if err != nil {
			return adapters.Outcome{}, err
		}
		outcome, err := newTurn(a, c, h, in.Number == 1 && attempt == 1).play(ctx, in, replay)
		if !c.alive() {
			a.drop(c)
		}
		if !a.learn(err) {
			return outcome, err
		}
	}
}

// The ways in which the program says that it was started wrongly. No turn has begun then.
var (
	errUnknownSession = errors.New("the session to resume is not known to Claude Code")
	errTaken          = errors.New("Claude Code has the session already")
)

// optionError is an option that the program does not know.
type optionError struct{ option string }

func (e *optionError) Error() string { return "Claude Code does not know the option " + e.option }

// learn takes in why the program would not start; it reports whether there is reason to try again.
func (a *agent) learn(err error) bool {
	var option *optionError
	switch {
	case errors.Is(err, errUnknownSession) && !a.unknown[a.native]:
		// Its file is there all the same, so the name cannot be used for a new session.
		a.unknown[a.native] = true
		a.native, a.taken = uuid.NewString(), false
	case errors.Is(err, errTaken) && !a.taken:
		a.taken = true
	case errors.As(err, &option) && !a.refused[option.option]:
		a.refused[option.option] = true
	default:
		return false
	}
	return true
}

// ready gives the running process, or starts one. replay is what has to be told to a new one.
func (a *agent) ready(ctx context.Context, turn string) (c *conn, replay string, err error) {
	a.mu.Lock()
	c = a.conn
	a.mu.Unlock()
	if c != nil && c.alive() {
		return c, "", nil
	}
	if c != nil { // it has ended between two turns
		a.drop(c)
	}
	l := a.launch(ctx, turn)
	a.native = l.native
	if c, err = a.start(ctx, l); err != nil {
		return nil, "", err
	}
	return c, l.replay, nil
}

func (a *agent) start(ctx context.Context, l launch) (c *conn, err error) {
	if _, err := os.Stat(a.program.Path); err != nil {
		return nil, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, a.program.Path)
	}
	env := a.environment()
	given, named, err := a.give(ctx)
	defer func() {
		if err != nil {
			err = errors.Join(err, given.Remove())
		}
	}()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, errClosed
	}
	process, err := proc.Start(ctx, proc.Spec{
		Path: a.program.Path, Args: append(a.arguments(l), named...), Env: env, Dir: a.options.Directory, StartTimeout: a.adapter.config.StartTimeout,
	})
	if err != nil {
		return nil, err
	}
	a.log.Debug("claude started", "pid", process.PID(), "native", l.native, "resume", l.resume)
	a.conn = a.connect(process, given, l.resume)
	return a.conn, nil
}

// drop ends a process that is of no use any more.
func (a *agent) drop(c *conn) {
	if err := c.stop(context.Background()); err != nil {
		a.log.Error("process not stopped", "error", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn == c {
		a.conn = nil
	}
}
