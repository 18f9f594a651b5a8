package amp

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"sync"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/adapters/internal/transcript"
	"github.com/parleyhq/parley/openapi"
)

// agent is one session's Amp.
type agent struct {
	adapter *Adapter
	options adapters.Options
	program program.Program
	log     *slog.Logger

	// Used by Turn only.
	thread string            // Amp's name for the session; empty while there is none
	told   map[string]string // the MCP servers that the user was told of, with their states

	mu     sync.Mutex
	run    *run // nil between turns
	closed bool
}

var (
	errClosed = errors.New("the agent is closed")
	// errUnknownThread says that the thread to continue cannot be. No turn has begun then.
	errUnknownThread = errors.New("the thread to continue is not known to Amp, or archived")
)

// Close implements adapters.Agent.
func (a *agent) Close(ctx context.Context) error {
	a.mu.Lock()
	a.closed = true
	r := a.run
	a.mu.Unlock()
	if r == nil {
		return nil
	}
	return r.end(ctx)
}

func (a *agent) isClosed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

// Turn implements adapters.Agent.
func (a *agent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	outcome, err := a.turn(ctx, in, h)
	if errors.Is(err, errUnknownThread) {
		a.log.Warn("thread not continued", "thread", a.thread)
		a.thread = ""
		outcome, err = a.turn(ctx, in, h)
	}
	return outcome, err
}

func (a *agent) turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	switch {
	case a.isClosed():
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return interrupted, nil
	case !a.adapter.loggedIn():
		return failed, h.Emit(notLoggedIn(a.program.Path))
	}
	replay := ""
	if a.thread == "" {
		replay = transcript.Of(a.history(ctx), in.TurnID)
	}
	r, err := a.start(ctx)
	if err != nil {
		return adapters.Outcome{}, err
	}
	defer a.drop()
	return newTurn(a, r, h).play(ctx, in, replay)
}

// history yields the session's events as far as they can be read.
func (a *agent) history(ctx context.Context) iter.Seq[openapi.Event] {
	var all iter.Seq2[openapi.Event, error]
	if a.options.History != nil {
		all = a.options.History(ctx, 0)
	}
	return transcript.Readable(all, func(err error) { a.log.Warn("history not readable", "error", err) })
}

func (a *agent) start(ctx context.Context) (r *run, err error) {
	if _, err := os.Stat(a.program.Path); err != nil {
		return nil, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, a.program.Path)
	}
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
		Path: a.program.Path, Args: append(a.arguments(), named...), Env: a.adapter.forProgram(), Dir: a.options.Directory,
		StartTimeout: a.adapter.config.StartTimeout,
	})
	if err != nil {
		return nil, err
	}
	a.log.Debug("amp started", "pid", process.PID(), "thread", a.thread)
	a.run = newRun(process, given, a.adapter.config.StopGrace, a.log)
	return a.run, nil
}

// drop forgets a process that has ended.
func (a *agent) drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.run = nil
}
