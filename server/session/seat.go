package session

import (
	"context"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
)

// seat is the place of a session's agent. The turn takes it and opens the agent; the owner may close it at any time.
type seat struct {
	places  *places
	closing chan struct{} // holds a token while somebody closes, so that a second one waits for the end

	mu     sync.Mutex
	agent  adapters.Agent
	cancel context.CancelFunc // ends an opening that is under way
	left   func()             // the agent goes, or does not come
}

func newSeat(p *places) *seat {
	return &seat{places: p, closing: make(chan struct{}, 1), left: func() {}}
}

// open returns the agent that is there, or opens one, for a turn, which begins by this and ends with rest.
func (s *seat) open(ctx context.Context, make func(context.Context) (adapters.Agent, error)) (agent adapters.Agent, err error) {
	s.vacate()
	if err := s.places.take(ctx, s); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.agent != nil {
		defer s.mu.Unlock()
		return s.agent, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.cancel = cancel
	s.mu.Unlock()
	defer func() { s.opened(agent, err) }() // also when make panics
	return make(ctx)
}

// opened takes in an agent. Without one the place is another's.
func (s *seat) opened(agent adapters.Agent, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel = nil
	if err != nil || agent == nil {
		s.left()
		s.places.leave(s)
		return
	}
	s.agent = agent
}

// rest says that the turn is over.
func (s *seat) rest() { s.places.rest(s) }

// vacate waits until a former agent that is being closed is gone.
func (s *seat) vacate() {
	s.closing <- struct{}{}
	<-s.closing
}

// steerer is the agent that is there, if it takes messages in mid-turn.
func (s *seat) steerer() (adapters.Steerer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	agent, ok := s.agent.(adapters.Steerer)
	return agent, ok
}

func (s *seat) taken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.agent != nil
}

// close ends the agent and leaves no process behind. It waits at most for grace until force is used.
func (s *seat) close(grace time.Duration) {
	s.closing <- struct{}{}
	defer func() { <-s.closing }()
	s.mu.Lock()
	agent := s.agent
	s.agent = nil
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	if agent == nil {
		return
	}
	defer s.places.leave(s)
	s.left()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	_ = agent.Close(ctx) // what it could not end it has killed; there is nothing left to do here
}
