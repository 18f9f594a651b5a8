// Package sqlite keeps sessions and their logs in one SQLite file. It imports store and the driver, nothing else of
// ours; only the binary that puts the parts together, and tests, open it.
//
// One goroutine writes. It takes what waits at that moment, of whichever sessions, and makes it durable in one
// transaction; under load the groups grow by themselves, and the disk is waited for once per group. Readers have
// their own connections and never wait for the writer.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/parleyhq/parley/server/store"
)

// Options are the settings of a Store. The zero value is right for a server.
type Options struct {
	// Logger hears of faults in the background that no caller could be told; nil means slog.Default().
	Logger   *slog.Logger
	maxPages int              // a full disk, for tests
	erased   func(key uint64) // called when the log of a deleted session is gone, for tests
}

// Store is a store.Store in an SQLite file. Open makes one.
type Store struct {
	path   string
	logger *slog.Logger
	lock   *flock.Flock
	reader *reader
	writer *writer
	eraser *eraser
	key    atomic.Uint64 // the last key given out

	// Every call holds life for reading; Close takes it for writing and so waits for them.
	life   sync.RWMutex
	closed bool
}

var _ store.Store = (*Store)(nil)

// Open opens the data file at path, or creates it in a directory that exists. Nothing in it is scanned: the time it
// takes does not depend on its size. A file that is not ours, unreadable, written by a newer version or in use by
// another process is refused, and left as it is.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, err
	}
	if err := preview(path); err != nil {
		return nil, err
	}
	lock, err := take(path)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, logger: o.Logger, lock: lock}
	if s.logger == nil {
		s.logger = slog.Default()
	}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(err, s.release())
	}
	return s, nil
}

// open runs under the lock. The file is looked at again: it may have come or gone while the lock was another's.
func (s *Store) open(ctx context.Context, o Options) error {
	found, err := inspect(s.path)
	if err != nil {
		return err
	}
	if !found {
		if err := create(ctx, s.path); err != nil {
			return err
		}
	}
	if err := writable(s.path); err != nil {
		return err
	}
	if err := s.attach(ctx, o); err != nil {
		return fmt.Errorf("data file %s cannot be opened%s: %w", s.path, advice(err), fault(err))
	}
	s.writer.start()
	s.eraser = newEraser(s, o.erased)
	s.eraser.start()
	return nil
}

func (s *Store) attach(ctx context.Context, o Options) (err error) {
	if s.writer, err = newWriter(ctx, s.path, o.maxPages); err != nil {
		return err
	}
	if err := s.recall(ctx, s.writer.conn); err != nil {
		return err
	}
	s.reader, err = newReader(ctx, s.path)
	return err
}

func advice(err error) string {
	if unreadable(err) {
		return " because it is damaged; see what `parley check` finds, or restore a backup"
	}
	return ""
}

// recall reads what must be known before the first call. The version is asked again: the write-ahead log may know
// more than the file.
func (s *Store) recall(ctx context.Context, conn *sql.Conn) error {
	var v int64
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return err
	}
	if err := supported(s.path, v); err != nil {
		return err
	}
	var last int64
	err := conn.QueryRowContext(ctx, "SELECT seq FROM sqlite_sequence WHERE name = 'session'").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	s.key.Store(uint64(last))
	return nil
}

// NewKey implements store.Store. A key that is given out and not used in a commit may be given out again after a restart.
func (s *Store) NewKey(ctx context.Context) (uint64, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	return s.key.Add(1), nil
}

// used keeps NewKey above a key that was not its own.
func (s *Store) used(key uint64) {
	for {
		last := s.key.Load()
		if key <= last || s.key.CompareAndSwap(last, key) {
			return
		}
	}
}
