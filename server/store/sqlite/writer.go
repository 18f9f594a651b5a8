package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/parleyhq/parley/server/store"
)

// A job is something to write. It runs in the writer's goroutine, and again when its group failed for another's sake.
type job struct {
	events, bytes int
	// do looks first and writes then. refused: the job may not be done; nothing was written and the group goes on.
	// failed: the transaction cannot be trusted any more.
	do   func(*statements) (refused, failed error)
	done chan error
	// Either the writer takes the job or its caller abandons it.
	claimed atomic.Bool
	refused error
}

type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts *statements
	wal   string
	limit int64 // of the write-ahead log; trim explains
	due   int64 // the size at which trim tries next

	queue   chan *job
	next    *job // taken from the queue, and too much for the group before
	stopped chan struct{}
	running sync.WaitGroup
}

func newWriter(ctx context.Context, path string, maxPages int) (*writer, error) {
	db, err := connect(path, "rw", writes)
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, wal: path + "-wal", limit: walLimit, due: walLimit, queue: make(chan *job, 64), stopped: make(chan struct{})}
	if w.conn, err = db.Conn(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w.stmts = new(statements)
	if err := w.prepare(ctx, maxPages); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *writer) prepare(ctx context.Context, maxPages int) error {
	if maxPages > 0 {
		if _, err := w.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", maxPages)); err != nil {
			return err
		}
	}
	return prepare(ctx, w.conn, w.stmts.queries())
}

func (w *writer) start() { w.running.Go(w.run) }

// close ends the goroutine; whoever calls it has made sure that no job is under way.
func (w *writer) close() error {
	close(w.stopped)
	w.running.Wait()
	return errors.Join(w.stmts.close(), w.conn.Close(), w.db.Close())
}

// submit blocks until j is durable or refused. A ctx that ends while j still waits in the queue withdraws it; once
// the writer has it, the outcome is waited for, because do may still be reading the caller's memory.
func (w *writer) submit(ctx context.Context, j *job) error {
	j.done = make(chan error, 1)
	select {
	case w.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stopped:
		return store.ErrClosed
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.claimed.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-j.done
	}
}
