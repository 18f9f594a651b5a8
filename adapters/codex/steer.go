package codex

import (
	"context"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
)

// steer is a message on its way into the turn.
type steer struct {
	text string
	said chan struct{} // closed when it was emitted
}

// Steer implements adapters.Steerer.
func (a *agent) Steer(ctx context.Context, in adapters.Input) error {
	a.mu.Lock()
	t := a.turn
	a.mu.Unlock()
	if t == nil {
		return adapters.ErrNotSteered
	}
	return t.steer(ctx, in)
}

// steer offers the message to the native turn that runs and waits until it stands in the turn. One that the program has
// taken and not come to before the end of the turn is lost to it: the session lets it wait then.
func (t *turn) steer(ctx context.Context, in adapters.Input) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.over, cancel)()

	name, s := uuid.NewString(), &steer{text: in.Text, said: make(chan struct{})}
	native := t.expect(name, s)
	if native == "" {
		return adapters.ErrNotSteered
	}
	defer t.forget(name)
	p := steerParams{ThreadID: t.thread, Expected: native, ClientID: name, Input: t.agent.input(in, "")}
	if err := t.conn.rpc.Call(ctx, "turn/steer", p, nil); err != nil {
		t.agent.log.Debug("message not taken into the running turn", "error", err)
		cancel()
	}
	select {
	case <-s.said:
	case <-ctx.Done():
	}
	return s.outcome()
}

// outcome says whether a message was emitted.
func (s *steer) outcome() error {
	select {
	case <-s.said:
		return nil
	default:
		return adapters.ErrNotSteered
	}
}

// expect notes a message, and gives the native turn that it is for; empty when none runs.
func (t *turn) expect(name string, s *steer) (native string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.native != "" {
		t.steers[name] = s
	}
	return t.native
}

func (t *turn) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.steers, name)
}

// joining gives the message that a notification says to have joined the turn; nil when it says something else.
func (t *turn) joining(method string, p *params) *steer {
	if method != "item/completed" || p.Item == nil || p.Item.Type != "userMessage" {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	name := p.Item.ClientID
	s := t.steers[name]
	delete(t.steers, name)
	if s != nil {
		t.conn.convert.steered(name, s.text)
	}
	return s
}
