package session

import (
	"context"
	"errors"
	"sync"

	"github.com/parleyhq/parley/adapters"
)

// steer gives a message to the agent while its turn runs. Where that cannot be, the message waits as any other. One that comes
// again under its key while the agent is being told waits for the first: the agent must not hear it twice.
func (s *Service) steer(ctx context.Context, id string, c messageCommand) (Accepted, error) {
	l, err := s.acquire(ctx, id)
	if err != nil {
		return Accepted{}, err
	}
	defer s.release(l)
	done, err := l.steers.begin(ctx, c.Once.Key)
	if err != nil {
		return Accepted{}, err
	}
	defer done()
	v, err := s.do(ctx, id, steerCommand{c})
	if err != nil {
		return Accepted{}, err
	}
	run, ok := v.(*steering)
	if !ok {
		return v.(Accepted), nil
	}
	ctx = context.WithoutCancel(ctx) // what the agent was told cannot be taken back
	err = run.agent.Steer(ctx, run.input)
	if err != nil && !errors.Is(err, adapters.ErrNotSteered) {
		s.log.Warn("message not taken into the running turn", "session", id, "error", err)
	}
	v, err = s.do(ctx, id, steeredCommand{c, run.joined, err == nil})
	if err != nil {
		return Accepted{}, err
	}
	return v.(Accepted), nil
}

// steering is a message on its way into a turn that runs.
type steering struct {
	agent  adapters.Steerer
	input  adapters.Input
	joined Accepted
}

// steerCommand finds the agent that a message can be given to at once.
type steerCommand struct{ messageCommand }

func (c steerCommand) apply(o *owner) (any, error) {
	var first Accepted
	if known, err := o.recall(c.Once, messageScope, &first); known || err != nil {
		return first, err
	}
	if o.adapter != nil && !o.adapter.Info(context.Background()).Capabilities.Steering {
		return nil, invalid("steer: not supported by agent %s", o.data.Agent)
	}
	agent, ok := o.seat.steerer()
	if !ok || o.turn == nil || o.turn.interrupted || len(o.w.state.Queue) > 0 || o.open() != nil || o.takes(c.Attachments) != nil {
		return c.messageCommand.apply(o)
	}
	joined := Accepted{
		TurnID: o.turn.id, Sequence: o.w.last + 1, Joined: true, Began: o.w.state.Turn.Sequence, Calls: o.w.state.calls(),
	}
	return &steering{agent, input(o.turn.id, c.Message, c.Attachments), joined}, nil
}

// steeredCommand notes that the agent has taken a message, which it has said itself by then, or lets it wait.
type steeredCommand struct {
	messageCommand
	joined Accepted
	taken  bool
}

func (c steeredCommand) apply(o *owner) (any, error) {
	var first Accepted
	if known, err := o.recall(c.Once, messageScope, &first); known || err != nil {
		return first, err
	}
	if !c.taken {
		return c.messageCommand.apply(o)
	}
	if o.turn != nil {
		o.drain()
	}
	receipt, err := c.Once.receipt(o.scope(messageScope), o.w.now(), c.joined, c.joined.Sequence)
	if err != nil {
		return nil, err
	}
	return c.joined, o.commit(receipt)
}

// underway are messages on their way into a turn, by their keys.
type underway struct {
	mu   sync.Mutex
	keys map[string]chan struct{} // closed when the message has arrived
}

// begin waits until no other message of a key is on its way. done must be called.
func (u *underway) begin(ctx context.Context, key string) (done func(), err error) {
	if key == "" {
		return func() {}, nil
	}
	for {
		other := u.enter(key)
		if other == nil {
			return func() { u.leave(key) }, nil
		}
		if err := wait(ctx, other); err != nil {
			return nil, err
		}
	}
}

func (u *underway) enter(key string) (other <-chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if other, ok := u.keys[key]; ok {
		return other
	}
	if u.keys == nil {
		u.keys = map[string]chan struct{}{}
	}
	u.keys[key] = make(chan struct{})
	return nil
}

func (u *underway) leave(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.keys[key])
	delete(u.keys, key)
}
