package declared

import (
	"context"
	"errors"
	"sync"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

var errClosed = errors.New("declared: the agent is closed")

// agent is one session's. It holds what the durable log says, and nothing else that another one would not know.
type agent struct {
	adapter *Adapter
	options adapters.Options
	life    context.Context
	end     context.CancelCauseFunc

	mu      sync.Mutex // held by Turn
	durable state
	agent   *protocol.Agent // of the last turn: a turn that goes on keeps it
}

// Turn implements adapters.Agent.
func (a *agent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(a.life, func() { cancel(errClosed) })()
	switch {
	case a.life.Err() != nil:
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
	}
	t, err := a.turn(ctx, in, h)
	if err != nil {
		return adapters.Outcome{}, err
	}
	return a.outcome(t, t.play(a.options.Input))
}

// turn catches up with the log. A turn that begins takes the definition as it is now.
func (a *agent) turn(ctx context.Context, in adapters.Input, h adapters.Host) (*turn, error) {
	if err := a.catchUp(ctx); err != nil {
		return nil, err
	}
	if in.Results == nil || a.agent == nil {
		a.agent = a.adapter.definition()
	}
	t := &turn{ctx: ctx, host: h, state: a.durable.clone(), agent: a.agent, providers: a.adapter.library.providers}
	t.take(in)
	return t, nil
}

// catchUp folds what the log has beyond what is known. Rollbacks and restores come that way, too.
func (a *agent) catchUp(ctx context.Context) error {
	if a.options.History == nil {
		return nil
	}
	for e, err := range a.options.History(context.WithoutCancel(ctx), a.durable.sequence) {
		if err != nil {
			return err
		}
		a.durable.add(e)
	}
	return nil
}

// outcome says how a turn ended, by what ended it.
func (a *agent) outcome(t *turn, err error) (adapters.Outcome, error) {
	failed, isFailure := failure(err)
	switch {
	case err == nil:
		return adapters.Outcome{Status: openapi.TurnStatusCompleted, FinishReason: string(t.finish)}, nil
	case errors.Is(err, errSuspended):
		return adapters.Outcome{Suspended: true}, nil
	case a.life.Err() != nil:
		return adapters.Outcome{}, errClosed
	case t.ctx.Err() != nil:
		return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
	case isFailure:
		if err := t.emit(failed); err != nil {
			return adapters.Outcome{}, err
		}
		return adapters.Outcome{Status: openapi.TurnStatusFailed}, nil
	}
	return adapters.Outcome{}, err
}

// Close implements adapters.Agent.
func (a *agent) Close(context.Context) error {
	a.end(errClosed)
	return nil
}
