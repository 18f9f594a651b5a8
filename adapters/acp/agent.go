package acp

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/adapters/internal/transcript"
	"github.com/parleyhq/parley/openapi"
)

// agent is one session's agent.
type agent struct {
	adapter *Adapter
	options adapters.Options
	program program.Program
	log     *slog.Logger

	// Used by Turn only.
	native string // the agent's own name for the session
	told   string // the name that the host knows
	mode   string // the mode that the agent had last; empty = the session's

	mu     sync.Mutex
	conn   *conn // nil while no process runs
	closed bool
}

var (
	errClosed   = errors.New("the agent is closed")
	interrupted = adapters.Outcome{Status: openapi.TurnStatusInterrupted}
	failed      = adapters.Outcome{Status: openapi.TurnStatusFailed}
)

// Close implements adapters.Agent.
func (a *agent) Close(ctx context.Context) error {
	a.mu.Lock()
	a.closed = true
	c := a.conn
	a.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.Stop(ctx)
}

func (a *agent) isClosed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

// Turn implements adapters.Agent.
func (a *agent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	switch {
	case a.isClosed():
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return interrupted, nil
	}
	c, replay, err := a.ready(ctx, in.TurnID)
	if err != nil {
		return a.notReady(ctx, err, h)
	}
	t := newTurn(a, c, h)
	outcome, err := t.play(ctx, in, replay)
	if a.mode = c.convert.mode; !c.Alive() {
		a.drop(c)
	}
	return outcome, err
}

// notReady is the end of a turn that had no agent. An agent that refuses is asked anew by the next turn: somebody may have
// logged in.
func (a *agent) notReady(ctx context.Context, err error, h adapters.Host) (adapters.Outcome, error) {
	var refused *failure
	switch {
	case a.isClosed():
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return interrupted, nil
	case errors.As(err, &refused):
		return failed, h.Emit(openapi.Failure{Data: refused.ErrorData})
	}
	return adapters.Outcome{}, err
}

// ready gives the running process, or starts one. replay is what has to be told to a new session.
func (a *agent) ready(ctx context.Context, turn string) (c *conn, replay string, err error) {
	a.mu.Lock()
	c = a.conn
	a.mu.Unlock()
	if c != nil && c.Alive() {
		return c, "", nil
	}
	if c != nil { // it has ended between two turns
		a.drop(c)
	}
	if c, err = a.start(ctx); err != nil {
		return nil, "", err
	}
	o := a.options
	o.NativeSessionID = a.native
	if a.mode == "" {
		a.mode = toldMode(a.history(ctx))
	}
	c.mode = a.mode
	begun, err := a.adapter.begin(ctx, c, a.program, o)
	if err != nil {
		a.drop(c)
		return nil, "", err
	}
	a.native = c.session
	if begun {
		replay = transcript.Of(a.history(ctx), turn)
	}
	return c, replay, nil
}

func (a *agent) start(ctx context.Context) (*conn, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, errClosed
	}
	process, err := a.adapter.start(ctx, a.program, a.options.Directory)
	if err != nil {
		return nil, err
	}
	a.log.Debug("agent started", "agent", a.adapter.config.ID, "pid", process.Process.PID())
	a.conn = a.adapter.connect(process, a.log)
	return a.conn, nil
}

// drop ends a process that is of no use any more.
func (a *agent) drop(c *conn) {
	if err := c.Stop(context.Background()); err != nil {
		a.log.Error("process not stopped", "error", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn == c {
		a.conn = nil
	}
}
