package sqlite

import (
	"context"
	"errors"
	"sync"

	"github.com/parleyhq/parley/server/store"
)

// The bounds of one batch of the eraser, at least one row.
const (
	eraseRows  = 64
	eraseBytes = 1 << 20
)

// eraser removes the logs of deleted sessions, a little at a time, as one of the writer's many callers.
type eraser struct {
	store   *Store
	ctx     context.Context
	cancel  context.CancelFunc
	bell    chan struct{}
	running sync.WaitGroup
	skip    map[uint64]bool  // damaged logs; the next start tries again
	erased  func(key uint64) // for tests; may be nil
}

func newEraser(s *Store, erased func(key uint64)) *eraser {
	e := &eraser{store: s, bell: make(chan struct{}, 1), skip: map[uint64]bool{}, erased: erased}
	e.ctx, e.cancel = context.WithCancel(background)
	return e
}

func (e *eraser) start() {
	e.wake() // for what the last run left
	e.running.Go(e.run)
}

func (e *eraser) stop() {
	e.cancel()
	e.running.Wait()
}

func (e *eraser) wake() {
	select {
	case e.bell <- struct{}{}:
	default:
	}
}

func (e *eraser) run() {
	for {
		select {
		case <-e.ctx.Done():
			return
		case <-e.bell:
			e.sweep()
		}
	}
}

func (e *eraser) sweep() {
	condemned, err := keys(e.ctx, e.store.reader.condemned)
	if err != nil && e.ctx.Err() == nil {
		e.store.logger.Error("deleted sessions cannot be listed for erasing", "error", err)
	}
	for _, key := range condemned {
		if !e.skip[key] && e.ctx.Err() == nil {
			e.erase(key)
		}
	}
}

// erase removes one log. What fails for want of space is tried again with the next deletion or start.
func (e *eraser) erase(key uint64) {
	err := e.eraseAll(int64(key))
	switch {
	case err == nil && e.erased != nil:
		e.erased(key)
	case err != nil && e.ctx.Err() == nil:
		e.skip[key] = errors.Is(err, store.ErrCorrupt)
		e.store.logger.Error("log of a deleted session cannot be erased", "key", key, "error", err)
	}
}

func (e *eraser) eraseAll(key int64) error {
	for {
		var more bool
		err := e.store.writer.submit(e.ctx, &job{events: eraseRows, bytes: eraseBytes, do: func(q *statements) (refused, failed error) {
			var err error
			more, err = eraseBatch(q, key)
			return nil, err
		}})
		if err != nil || !more {
			return err
		}
	}
}

// eraseBatch reports whether there is more to erase. With the last row goes the note.
func eraseBatch(q *statements, key int64) (more bool, err error) {
	ids, more, err := batch(q, key)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if err := run(q.deleteRow, id); err != nil {
			return false, err
		}
	}
	if more {
		return true, nil
	}
	return false, run(q.pardon, key)
}

// batch picks the rows of the next batch by their size, which SQLite knows without reading them.
func batch(q *statements, key int64) (ids []int64, more bool, err error) {
	rows, err := q.sizes.QueryContext(background, key, eraseRows)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for bytes := 0; bytes < eraseBytes && rows.Next(); {
		var id int64
		var size int
		if err := rows.Scan(&id, &size); err != nil {
			return nil, false, err
		}
		ids, bytes = append(ids, id), bytes+size
	}
	return ids, len(ids) > 0, rows.Err()
}
