package sqlite

import (
	"context"
	"errors"

	"github.com/parleyhq/parley/server/store"
)

// enter begins a call; leave ends it. Close waits for those that are under way.
func (s *Store) enter(ctx context.Context) error {
	s.life.RLock()
	if s.closed {
		s.life.RUnlock()
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		s.life.RUnlock()
		return err
	}
	return nil
}

func (s *Store) leave() { s.life.RUnlock() }

// Close implements store.Store.
func (s *Store) Close() error {
	s.life.Lock()
	defer s.life.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.closed = true
	return s.release()
}

// release frees what open got hold of, in an order that leaves the writer's connection as the last one: SQLite then
// copies the write-ahead log into the file and removes it. The lock goes when nothing touches the file any more.
func (s *Store) release() error {
	var errs []error
	if s.eraser != nil {
		s.eraser.stop()
	}
	if s.reader != nil {
		errs = append(errs, s.reader.close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	return errors.Join(append(errs, s.lock.Unlock())...)
}
