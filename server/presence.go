package server

import (
	"context"
	"sync"
	"time"

	"github.com/parleyhq/parley/server/session"
)

// comeBack is how long the run of a client that has left goes on for it to come back.
const comeBack = 2 * time.Second

// presence interrupts runs of the agent-sessions family whose clients have left: nobody would hear their answers. A run that was
// begun elsewhere, and is only looked at from here, goes on.
type presence struct {
	sessions *session.Service
	legs     *legs

	mu    sync.Mutex
	runs  map[run]*attendance
	ended bool
}

// run is a turn of a session.
type run struct{ session, turn string }

// attendance is who follows a run.
type attendance struct {
	clients int
	fired   bool        // one of them has begun the run, or gone on with it
	left    *time.Timer // runs while all are away
}

func newPresence(s *session.Service) *presence {
	return &presence{sessions: s, legs: newLegs(), runs: map[run]*attendance{}}
}

// enter notes that a client follows. fired says that it has begun the run, or gone on with it.
func (p *presence) enter(r run, fired bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.runs[r]
	if a == nil {
		a = &attendance{}
		p.runs[r] = a
	}
	a.clients++
	a.fired = a.fired || fired
	if a.left != nil {
		a.left.Stop()
	}
}

// leave notes that a client follows no more. One that has left before the end is waited for.
func (p *presence) leave(r run, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.runs[r]
	if a.clients--; a.clients > 0 {
		return
	}
	if over || !a.fired || p.ended {
		delete(p.runs, r)
		return
	}
	a.left = time.AfterFunc(comeBack, func() { p.interrupt(r, a) })
}

// interrupt ends a run that all have left.
func (p *presence) interrupt(r run, a *attendance) {
	p.mu.Lock()
	back := p.runs[r] != a || a.clients > 0 || p.ended
	if !back {
		delete(p.runs, r)
	}
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
