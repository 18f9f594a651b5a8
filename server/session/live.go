package session

import (
	"context"
	"sync"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// live is a session that somebody uses: its feed, and its owner while it has one. It is kept as long as it has an owner or
// a user.
type live struct {
	id    string
	users int // followers, commands on their way and the owner; under Service.mu

	load  sync.Once // fills what is below
	err   error
	feed  *feed
	pages pages

	steers underway

	mu    sync.Mutex // held while an owner is looked for or started
	owner *owner
}

// acquire returns a session that is in use, and marks one more user of it, who must release it.
func (s *Service) acquire(ctx context.Context, id string) (*live, error) {
	for {
		l, err := s.mark(id)
		if err != nil {
			return nil, err
		}
		mine := false
		l.load.Do(func() {
			mine = true
			s.fill(ctx, l)
		})
		if l.err == nil {
			return l, nil
		}
		s.release(l)
		if mine {
			return nil, l.err
		}
		// Somebody else's look failed, perhaps before the session was created: look again.
	}
}

func (s *Service) mark(id string) (*live, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil, errClosing
	}
	l := s.live[id]
	if l == nil {
		l = &live{id: id, pages: pages{store: s.cfg.Store, session: id}}
		s.live[id] = l
	}
	l.users++
	return l, nil
}

// fill reads where the log stands. The mark is set before, so that no owner can write unseen in between.
func (s *Service) fill(ctx context.Context, l *live) {
	row, err := s.row(ctx, l.id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		l.feed = newFeed(row.Last, row.State.Status == string(openapi.SessionStatusEnded))
		if s.closing {
			l.feed.close()
		}
		return
	}
	if l.err = err; s.live[l.id] == l {
		delete(s.live, l.id)
	}
}

// release takes a user's mark back; the last one takes the session out of use.
func (s *Service) release(l *live) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.users--
	if l.users == 0 && s.live[l.id] == l {
		delete(s.live, l.id)
	}
}

// forget takes a session out of use whoever uses it: it was deleted.
func (s *Service) forget(l *live) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live[l.id] == l {
		delete(s.live, l.id)
	}
	delete(s.failed, l.id)
	l.feed.close()
}

func (s *Service) row(ctx context.Context, id string) (store.Session, error) {
	row, err := s.cfg.Store.Session(ctx, id)
	return row, readFault(id, err)
}
