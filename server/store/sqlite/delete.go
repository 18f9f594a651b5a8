package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/parleyhq/parley/server/store"
)

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, session string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	err := s.writer.submit(ctx, &job{events: 1, do: func(q *statements) (refused, failed error) {
		return condemn(q, session)
	}})
	if err == nil {
		s.eraser.wake()
	}
	return err
}

// condemn removes the row and notes that the log has to follow.
func condemn(q *statements, session string) (refused, failed error) {
	var key, last, epoch int64
	switch err := q.find.QueryRowContext(background, session).Scan(&key, &last, &epoch); {
	case errors.Is(err, errNoRows):
		return fmt.Errorf("%w: session %q", store.ErrNotFound, session), nil
	case err != nil:
		return verdict(err)
	}
	for _, stmt := range []*sql.Stmt{q.deleteSession, q.deleteDetail, q.condemn} {
		if err := run(stmt, key); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
