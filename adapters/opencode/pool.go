package opencode

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// pool keeps the servers: one for each launch that somebody uses. The last to give one back stops it.
type pool struct {
	start func(context.Context, launch) (*server, error)

	mu       sync.Mutex
	shared   map[launch]*shared
	died     map[launch]bool // the last server of this launch died
	restarts int
	failed   string // the last error, empty after a start that succeeded
}

// shared is a server, or the start of one.
type shared struct {
	launch launch
	users  int // guarded by the pool
	cancel context.CancelFunc
	ready  chan struct{} // closed when the start is over

	server *server // readable after ready
	err    error
}

func newPool(start func(context.Context, launch) (*server, error)) *pool {
	return &pool{start: start, shared: map[launch]*shared{}, died: map[launch]bool{}}
}

// acquire gives the server of a launch, which it starts if there is none. It is given back by release. ctx bounds the wait
// alone: the start goes on for others who wait for it.
func (p *pool) acquire(ctx context.Context, l launch) (*shared, error) {
	s := p.join(l)
	select {
	case <-s.ready:
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), p.release(context.WithoutCancel(ctx), s))
	}
	if s.err != nil {
		return nil, errors.Join(s.err, p.release(ctx, s))
	}
	return s, nil
}

func (p *pool) join(l launch) *shared {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.shared[l]
	if s == nil {
		ctx, cancel := context.WithCancel(context.Background())
		s = &shared{launch: l, cancel: cancel, ready: make(chan struct{})}
		p.shared[l] = s
		if p.died[l] {
			p.restarts++
			delete(p.died, l)
		}
		go p.run(ctx, s)
	}
	s.users++
	return s
}

// run starts a server and watches over it.
func (p *pool) run(ctx context.Context, s *shared) {
	s.server, s.err = p.start(ctx, s.launch)
	if s.err != nil {
		p.gone(s, s.err.Error())
		close(s.ready)
		return
	}
	p.mu.Lock()
	p.failed = ""
	p.mu.Unlock()
	close(s.ready)
	<-s.server.dead()
	p.gone(s, "OpenCode ended unexpectedly")
}

// gone forgets a server that nobody has stopped: whoever asks next gets another one.
func (p *pool) gone(s *shared, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shared[s.launch] == s {
		delete(p.shared, s.launch)
		p.died[s.launch], p.failed = true, why
	}
}

// release gives a server back. The last one to do so stops it, by force when ctx ends, and waits until it is gone.
func (p *pool) release(ctx context.Context, s *shared) error {
	p.mu.Lock()
	s.users--
	last := s.users == 0
	if last && p.shared[s.launch] == s {
		delete(p.shared, s.launch)
	}
	p.mu.Unlock()
	if !last {
		return nil
	}
	s.cancel() // a start that nobody waits for
	<-s.ready
	if s.server == nil {
		return nil
	}
	return s.server.stop(ctx)
}

// status tells how the servers are; of several the one that runs longest.
func (p *pool) status() openapi.AgentServerStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := openapi.AgentServerStatus{Status: openapi.AgentServerStateStopped, RestartCount: p.restarts, LastError: p.failed}
	if p.failed != "" {
		status.Status = openapi.AgentServerStateError
	}
	var oldest *server
	for _, s := range p.shared {
		if running := s.running(); running != nil && (oldest == nil || running.started.Before(oldest.started)) {
			oldest = running
		}
	}
	if oldest != nil {
		status.Status, status.BaseURL = openapi.AgentServerStateRunning, oldest.base
		status.UptimeMs = time.Since(oldest.started).Milliseconds()
	}
	return status
}

// running is the server once it has started.
func (s *shared) running() *server {
	select {
	case <-s.ready:
		return s.server
	default:
		return nil
	}
}
