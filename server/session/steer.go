package session

import (
	"context"
	"errors"

	"github.com/parleyhq/parley/adapters"
)

// steer gives a message to the agent while its turn runs. Where that cannot be, the message waits as any other.
func (s *Service) steer(ctx context.Context, id string, c messageCommand) (Accepted, error) {
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
	joined := Accepted{TurnID: o.turn.id, Sequence: o.w.last + 1, Joined: true}
	return &steering{agent, input(o.turn.id, c.Message, c.Attachments), joined}, nil
}

// steeredCommand notes that the agent has taken a message, which it has said itself by then, or lets it wait.
type steeredCommand struct {
	messageCommand
	joined Accepted
	taken  bool
}

func (c steeredCommand) apply(o *owner) (any, error) {
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
