package opencode

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/transcript"
	"github.com/parleyhq/parley/openapi"
)

// agent is one session's OpenCode.
type agent struct {
	adapter   *Adapter
	options   adapters.Options
	directory string
	program   string
	log       *slog.Logger

	// Used by Turn only.
	native  string   // OpenCode's name for the session
	told    string   // the name that the host knows
	catalog *catalog // nil before the first turn
	grants  grants

	turning chan struct{} // holds an element while a turn runs
	ctx     context.Context
	quit    context.CancelFunc // ends ctx, and with it the turn; called by Close

	mu     sync.Mutex
	shared *shared // nil while no server is used
	closed bool
}

var (
	errClosed = errors.New("the agent is closed")

	interrupted = adapters.Outcome{Status: openapi.TurnStatusInterrupted}
)

// Close implements adapters.Agent. A turn that runs is interrupted first: the server may be others' too.
func (a *agent) Close(ctx context.Context) error {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.quit()
	select {
	case a.turning <- struct{}{}:
		defer func() { <-a.turning }() // whoever closes it too waits until it is closed
	case <-ctx.Done():
	}
	return a.drop(ctx)
}

func (a *agent) isClosed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

// Turn implements adapters.Agent.
func (a *agent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	a.turning <- struct{}{}
	defer func() { <-a.turning }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	outcome, err := a.turn(ctx, in, h)
	if a.isClosed() {
		return adapters.Outcome{}, errClosed
	}
	return outcome, err
}

func (a *agent) turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	if ctx.Err() != nil {
		return interrupted, nil
	}
	s, err := a.server(ctx)
	switch {
	case ctx.Err() != nil:
		return interrupted, nil
	case err != nil:
		return adapters.Outcome{}, err
	}
	return newTurn(a, s, h).play(ctx, in)
}

// server gives the server that the session is in, and starts one where there is none.
func (a *agent) server(ctx context.Context) (*server, error) {
	a.mu.Lock()
	s := a.shared
	a.mu.Unlock()
	if s != nil && s.server.alive() {
		return s.server, nil
	}
	if err := a.drop(ctx); err != nil { // it has ended between two turns
		return nil, err
	}
	l, err := a.launch(ctx)
	if err != nil {
		return nil, err
	}
	if s, err = a.adapter.pool.acquire(ctx, l); err != nil {
		return nil, err
	}
	a.mu.Lock()
	a.shared = s
	a.mu.Unlock()
	return s.server, nil
}

// drop gives the server back.
func (a *agent) drop(ctx context.Context) error {
	a.mu.Lock()
	s := a.shared
	a.shared = nil
	a.mu.Unlock()
	if s == nil {
		return nil
	}
	return a.adapter.pool.release(ctx, s)
}

// history yields the session's events as far as they can be read.
func (a *agent) history(ctx context.Context) iter.Seq[openapi.Event] {
	var all iter.Seq2[openapi.Event, error]
	if a.options.History != nil {
		all = a.options.History(ctx, 0)
	}
	return transcript.Readable(all, func(err error) { a.log.Warn("history not readable", "error", err) })
}
