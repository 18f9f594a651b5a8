package server

import (
	"context"
	"sync"
	"time"

	"github.com/parleyhq/parley/server/session"
)

// comeBack is how long the run of a client that has left goes on for it to come back.
const comeBack = 2 * time.Second

// presence interrupts runs of the agent-sessions family whose clients have left: nobody would hear their answers.
type presence struct {
	sessions *session.Service
	legs     *legs

	mu    sync.Mutex
	runs  map[run]int // clients that follow, by run
	ended bool
}

// run is a turn of a session.
type run struct{ session, turn string }

func newPresence(s *session.Service) *presence {
	return &presence{sessions: s, legs: newLegs(), runs: map[run]int{}}
}

func (p *presence) enter(r run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs[r]++
}

// leave notes that a client follows no more. One that has left before the end is waited for.
func (p *presence) leave(r run, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.runs[r]--; p.runs[r] > 0 {
		return
	}
	delete(p.runs, r)
	if !over && !p.ended {
		time.AfterFunc(comeBack, func() { p.interrupt(r) })
	}
}

func (p *presence) interrupt(r run) {
	p.mu.Lock()
	back := p.runs[r] > 0 || p.ended
	p.mu.Unlock()
	if !back {
		// A session that is gone, or a service that ends, needs no interrupt.
		_ = p.sessions.InterruptTurn(context.Background(), r.session, r.turn)
	}
}

// end lets all runs go on: the server ends, not its clients.
func (p *presence) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
}
