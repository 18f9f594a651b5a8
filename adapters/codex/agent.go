package codex

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/program"
)

// agent is one session's Codex.
type agent struct {
	adapter *Adapter
	options adapters.Options
	program program.Program
	log     *slog.Logger

	// Used by Turn only.
	native     string          // Codex's name for the session: its thread
	told       string          // the name that the host knows
	warned     map[string]bool // what the program has warned of
	carriedOut bool            // a plan was approved: the session has left plan mode

	mu     sync.Mutex
	conn   *conn // nil while no process runs
	turn   *turn // that runs
	closed bool
}

var errClosed = errors.New("the agent is closed")

// Open implements adapters.Adapter. The process is started by the first turn.
func (a *Adapter) Open(ctx context.Context, o adapters.Options) (adapters.Agent, error) {
	p, err := a.programs.Find(ctx, o.AgentVersion)
	if err != nil {
		return nil, err
	}
	return &agent{
		adapter: a, options: o, program: p, native: o.NativeSessionID, told: o.NativeSessionID, warned: map[string]bool{},
		log: a.config.Log.With("session", o.SessionID),
	}, nil
}

// Close implements adapters.Agent.
func (a *agent) Close(ctx context.Context) error {
	a.mu.Lock()
	a.closed = true
	c := a.conn
	a.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.rpc.Stop(ctx)
}

func (a *agent) isClosed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

// errUnloaded says that a process does not have its thread any more. No turn has begun then.
var errUnloaded = errors.New("the thread is not loaded")

// Turn implements adapters.Agent.
func (a *agent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	outcome, err := a.try(ctx, in, h)
	if errors.Is(err, errUnloaded) { // another process takes it up
		outcome, err = a.try(ctx, in, h)
	}
	return outcome, err
}

func (a *agent) try(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	switch {
	case a.isClosed():
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return interrupted, nil
	}
	c, replay, err := a.ready(ctx, in.TurnID)
	if err != nil {
		if ctx.Err() != nil && !a.isClosed() {
			return interrupted, nil
		}
		return adapters.Outcome{}, err
	}
	t := newTurn(a, c, h)
	a.plays(t)
	outcome, err := t.play(ctx, in, replay)
	a.plays(nil)
	if !c.rpc.Alive() || errors.Is(err, errUnloaded) {
		a.drop(c)
	}
	return outcome, err
}

// plays says which turn runs.
func (a *agent) plays(t *turn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn = t
}

// ready gives the running process, or starts one and lets it take up the session. replay is what has to be told to a new
// thread.
func (a *agent) ready(ctx context.Context, turn string) (c *conn, replay string, err error) {
	a.mu.Lock()
	c = a.conn
	a.mu.Unlock()
	if c != nil && c.rpc.Alive() {
		return c, "", nil
	}
	if c != nil { // it has ended between two turns
		a.drop(c)
	}
	if c, err = a.start(ctx); err != nil {
		return nil, "", err
	}
	patience, cancel := context.WithTimeout(ctx, a.adapter.config.StartTimeout)
	defer cancel()
	if replay, err = a.takeUp(patience, c, turn); err != nil {
		return nil, "", a.notReady(c, err)
	}
	return c, replay, nil
}

// drop ends a process that is of no use any more.
func (a *agent) drop(c *conn) {
	if err := c.rpc.Stop(context.Background()); err != nil {
		a.log.Error("process not stopped", "error", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn == c {
		a.conn = nil
	}
}
