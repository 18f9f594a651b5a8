package opencode

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters/internal/proc"
)

// launch is what a server is started with. Sessions with the same one share a server.
type launch struct {
	program string // its path
	content string // its configuration, see configuration
}

// server is a running `opencode serve`.
type server struct {
	*client
	process *proc.Process
	grace   time.Duration
	started time.Time
	drained chan struct{} // closed when its output has ended

	mu    sync.Mutex
	feeds map[string]*sharedFeed
}

// sharedFeed is a feed and how many turns use it.
type sharedFeed struct {
	*feed
	users int
}

// drain reads what the program prints, so that it never waits for a reader.
func (s *server) drain() {
	defer close(s.drained)
	for {
		_, err := s.process.ReadLine()
		if bad := (*proc.LineError)(nil); err != nil && !errors.As(err, &bad) {
			return
		}
	}
}

// dead is closed when the process has ended.
func (s *server) dead() <-chan struct{} { return s.process.Done() }

func (s *server) alive() bool {
	select {
	case <-s.dead():
		return false
	default:
		return true
	}
}

// whileAlive is a context that ends with the server too.
func (s *server) whileAlive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-s.dead():
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// endsSoon says whether the server has ended, which may be noticed a moment after a request of it failed.
func (s *server) endsSoon() bool {
	select {
	case <-s.dead():
		return true
	case <-time.After(deathNotice):
		return false
	}
}

// deathNotice is how long it may take until a process that is gone is known to be.
const deathNotice = time.Second

// stop ends the process and all that it has started. It may be called by several at once.
func (s *server) stop(ctx context.Context) error {
	if err := s.process.Stop(ctx, s.grace); err != nil {
		return err
	}
	<-s.drained
	s.close()
	return nil
}

// follow gives the feed of a directory to a turn, which hands it back by leave.
func (s *server) follow(directory string) *feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	shared := s.feeds[directory]
	if shared == nil {
		shared = &sharedFeed{feed: newFeed(s.client, directory)}
		s.feeds[directory] = shared
	}
	shared.users++
	return shared.feed
}

func (s *server) leave(directory string) {
	s.mu.Lock()
	shared := s.feeds[directory]
	shared.users--
	if shared.users > 0 {
		s.mu.Unlock()
		return
	}
	delete(s.feeds, directory)
	s.mu.Unlock()
	shared.close()
}
