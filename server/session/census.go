package session

import (
	"context"
	"errors"
	"sync"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// census counts the sessions that have not ended, where their number is limited. It is taken at the first create, so that
// a start reads nothing.
type census struct {
	mu    sync.Mutex
	taken bool
	count int
}

// enter counts one more session, or refuses it.
func (c *census) enter(ctx context.Context, cfg Config) error {
	if cfg.Sessions == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.take(ctx, cfg.Store); err != nil {
		return err
	}
	if c.count >= cfg.Sessions {
		return &Error{Code: CodeLimitExceeded, Detail: "too many sessions"}
	}
	c.count++
	return nil
}

// take counts what is stored. c.mu is held.
func (c *census) take(ctx context.Context, st store.Store) error {
	if c.taken {
		return nil
	}
	rows, err := st.Sessions(ctx, store.Filter{})
	if err != nil && !errors.Is(err, store.ErrCorrupt) {
		return err
	}
	for _, row := range rows {
		if row.State.Status != string(openapi.SessionStatusEnded) {
			c.count++
		}
	}
	c.taken = true
	return nil
}

// leave counts one session less.
func (c *census) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken {
		c.count--
	}
}

// ended notes that a session was terminated.
func (s *Service) ended() { s.census.leave() }
