package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/parleyhq/parley/server/store"
)

// The bounds of one transaction. A single job may exceed them.
const (
	groupEvents = 2048
	groupBytes  = 4 << 20
)

// walLimit is where readers that never pause have kept SQLite from beginning the write-ahead log anew for too long.
const walLimit = 32 << 20

// A job is something to write. It runs in the writer's goroutine, perhaps twice: when its group failed, each job of
// the group is tried again alone.
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

func (w *writer) run() {
	for {
		group := w.gather()
		if group == nil {
			return
		}
		w.write(group)
		w.trim()
	}
}

// gather waits for one job and adds what else is there already.
func (w *writer) gather() []*job {
	first := w.next
	w.next = nil
	for first == nil {
		select {
		case j := <-w.queue:
			if j.claimed.CompareAndSwap(false, true) {
				first = j
			}
		case <-w.stopped:
			return nil
		}
	}
	return w.fill([]*job{first})
}

func (w *writer) fill(group []*job) []*job {
	events, bytes := group[0].events, group[0].bytes
	for {
		select {
		case j := <-w.queue:
			if !j.claimed.CompareAndSwap(false, true) {
				continue
			}
			events, bytes = events+j.events, bytes+j.bytes
			if events > groupEvents || bytes > groupBytes {
				w.next = j
				return group
			}
			group = append(group, j)
		default:
			return group
		}
	}
}

// write answers every job of the group. When the group fails for one job's sake the others must not pay for it.
func (w *writer) write(group []*job) {
	err := w.transact(group)
	if err == nil {
		for _, j := range group {
			j.done <- j.refused
		}
		return
	}
	if len(group) == 1 {
		group[0].done <- fault(err)
		return
	}
	for _, j := range group {
		w.write([]*job{j})
	}
}

// transact runs the group in one transaction. On an error nothing of it is written.
func (w *writer) transact(group []*job) error {
	if err := run(w.stmts.begin); err != nil {
		return err
	}
	for _, j := range group {
		var failed error
		if j.refused, failed = j.do(w.stmts); failed != nil {
			w.rollback()
			return failed
		}
	}
	if err := run(w.stmts.commit); err != nil {
		w.rollback()
		return err
	}
	return nil
}

// rollback ignores its error: after a full disk SQLite has often rolled back by itself, and says so.
func (w *writer) rollback() { _ = run(w.stmts.rollback) }

// trim empties a write-ahead log that outgrew its limit; for that it waits until the readers of this moment are done.
// When they take too long it is tried again after as much growth.
func (w *writer) trim() {
	info, err := os.Stat(w.wal)
	if err != nil || info.Size() < w.due {
		return
	}
	w.due = info.Size() + w.limit
	var busy, pages, copied int
	err = w.conn.QueryRowContext(background, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &copied)
	if err == nil && busy == 0 {
		w.due = w.limit
	}
}
