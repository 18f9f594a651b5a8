package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/parleyhq/parley/server/store"
)

// Sessions implements store.Store.
func (s *Store) Sessions(ctx context.Context, f store.Filter) ([]store.Session, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	query := s.reader.sessions
	if f.Pending {
		query = s.reader.pending
	}
	list, err := s.reader.list(ctx, query, below(f.Before), limit(f.Limit))
	if unreadable(err) {
		return s.reader.salvage(ctx, f, err)
	}
	return list, err
}

func (r *reader) list(ctx context.Context, query *sql.Stmt, args ...any) ([]store.Session, error) {
	rows, err := query.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []store.Session
	for rows.Next() {
		row, err := scanSession(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// salvage is Sessions when a page of the table is damaged: the keys come from an index and each row is read alone.
func (r *reader) salvage(ctx context.Context, f store.Filter, cause error) ([]store.Session, error) {
	found, _ := keys(ctx, r.everyKey) // what a damaged index still gives is better than nothing
	slices.SortFunc(found, func(a, b uint64) int { return cmp.Compare(b, a) })
	var list []store.Session
	for _, key := range found {
		if f.Limit > 0 && len(list) == f.Limit || ctx.Err() != nil {
			break
		}
		if f.Before > 0 && key >= f.Before {
			continue
		}
		if row, err := r.byKey(ctx, key); err == nil && (!f.Pending || row.State.Pending > 0) {
			list = append(list, row)
		}
	}
	return list, errors.Join(fault(cause), ctx.Err())
}

func (r *reader) byKey(ctx context.Context, key uint64) (store.Session, error) {
	row, err := scanSession(r.key.QueryRowContext(ctx, int64(key)))
	if errors.Is(err, errNoRows) {
		return store.Session{}, store.ErrNotFound
	}
	if err != nil {
		return store.Session{Key: key}, fmt.Errorf("session with key %d: %w", key, fault(err))
	}
	return row, nil
}

func below(before uint64) int64 {
	if before == 0 || before > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(before)
}

// limit says "no limit" as SQLite does.
func limit(n int) int {
	if n <= 0 {
		return -1
	}
	return n
}

// unfinishedPage is how many keys Unfinished looks up at a time.
const unfinishedPage = 256

// Unfinished implements store.Store. It reads keys from the index and then one row at a time, and holds nothing while
// it yields: a bad page costs only the sessions on it, and the loop may use the store.
func (s *Store) Unfinished(ctx context.Context) iter.Seq2[store.Session, error] {
	return func(yield func(store.Session, error) bool) {
		var after uint64
		for {
			page, err := s.unfinished(ctx, after)
			if err != nil {
				yield(store.Session{}, err)
				return
			}
			for _, key := range page {
				if row, err := s.byKey(ctx, key); !errors.Is(err, store.ErrNotFound) && !yield(row, err) {
					return
				}
			}
			if len(page) < unfinishedPage {
				return
			}
			after = page[len(page)-1]
		}
	}
}

func (s *Store) unfinished(ctx context.Context, after uint64) ([]uint64, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	return keys(ctx, s.reader.unfinished, int64(after), unfinishedPage)
}

func (s *Store) byKey(ctx context.Context, key uint64) (store.Session, error) {
	if err := s.enter(ctx); err != nil {
		return store.Session{}, err
	}
	defer s.leave()
	return s.reader.byKey(ctx, key)
}
