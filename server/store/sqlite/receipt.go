package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/parleyhq/parley/server/store"
)

func checkReceipt(q *statements, r *store.Receipt) error {
	first, err := scanReceipt(q.findReceipt.QueryRowContext(background, r.Scope, r.Key))
	if errors.Is(err, errNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &store.ReceiptError{First: first}
}

func insertReceipt(q *statements, r *store.Receipt) error {
	return run(q.insertReceipt, r.Scope, r.Key, int64(r.Sequence), stamp(r.Created), r.Hash, r.Answer)
}

func scanReceipt(row *sql.Row) (store.Receipt, error) {
	var r store.Receipt
	var created int64
	err := row.Scan(&r.Scope, &r.Key, &r.Sequence, &created, &r.Hash, &r.Answer)
	r.Created = moment(created)
	return r, err
}

// Receipt implements store.Store.
func (s *Store) Receipt(ctx context.Context, scope, key string) (store.Receipt, error) {
	if err := s.enter(ctx); err != nil {
		return store.Receipt{}, err
	}
	defer s.leave()
	r, err := scanReceipt(s.reader.answer.QueryRowContext(ctx, scope, key))
	if errors.Is(err, errNoRows) {
		return store.Receipt{}, fmt.Errorf("%w: key %q in %s", store.ErrNotFound, key, scope)
	}
	return r, fault(err)
}

// forgetBatch is how many receipts one job drops: others get their turn in between.
const forgetBatch = 500

// Forget implements store.Store.
func (s *Store) Forget(ctx context.Context, t time.Time) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for {
		var dropped int64
		err := s.writer.submit(ctx, &job{events: forgetBatch, do: func(q *statements) (refused, failed error) {
			result, err := q.forget.ExecContext(background, stamp(t), forgetBatch)
			if err != nil {
				return nil, err
			}
			dropped, err = result.RowsAffected()
			return nil, err
		}})
		if err != nil || dropped < forgetBatch {
			return err
		}
	}
}
