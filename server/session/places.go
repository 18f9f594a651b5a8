package session

import (
	"context"
	"sync"
	"time"
)

// places bounds how many agents live at once. An agent that is needed where all places are taken gets that of the agent which
// has been idle the longest, and waits where none is idle.
type places struct {
	limit int // 0 = no limit
	grace time.Duration
	now   func() time.Time

	mu      sync.Mutex
	held    map[*seat]*place
	changed chan struct{} // closed and replaced when a place may be free
}

// place is what a seat with an agent holds.
type place struct {
	idle    time.Time // since when; zero while the agent plays a turn
	leaving bool      // the agent is being closed for another one's sake
}

func newPlaces(cfg Config) *places {
	return &places{limit: cfg.Agents, grace: cfg.Grace, now: cfg.Now, held: map[*seat]*place{}, changed: make(chan struct{})}
}

// take gives a seat a place for a turn. It blocks while other agents play turns in all of them.
func (p *places) take(ctx context.Context, s *seat) error {
	if p.limit == 0 {
		return nil
	}
	for {
		idle, changed := p.try(s)
		switch {
		case changed == nil:
			return nil
		case idle != nil:
			idle.close(p.grace)
			continue
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// try takes a place if there is one; else changed is what to wait for, or idle an agent to close.
func (p *places) try(s *seat) (idle *seat, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	mine := p.held[s]
	switch {
	case mine != nil && mine.leaving:
		return nil, p.changed
	case mine != nil:
		mine.idle = time.Time{}
		return nil, nil
	case len(p.held) < p.limit:
		p.held[s] = &place{}
		return nil, nil
	}
	if idle = p.longestIdle(); idle != nil {
		p.held[idle].leaving = true
	}
	return idle, p.changed
}

func (p *places) longestIdle() (longest *seat) {
	for s, at := range p.held {
		if !at.idle.IsZero() && !at.leaving && (longest == nil || at.idle.Before(p.held[longest].idle)) {
			longest = s
		}
	}
	return longest
}

// rest says that a seat's turn is over while its agent lives on.
func (p *places) rest(s *seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if mine := p.held[s]; mine != nil {
		mine.idle = p.now()
		p.signal()
	}
}

// leave says that a seat's agent is gone.
func (p *places) leave(s *seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held[s] != nil {
		delete(p.held, s)
		p.signal()
	}
}

// full says whether a turn of a seat would have to wait.
func (p *places) full(s *seat) bool {
	if p.limit == 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held[s] == nil && len(p.held) >= p.limit && p.longestIdle() == nil
}

func (p *places) signal() {
	close(p.changed)
	p.changed = make(chan struct{})
}
