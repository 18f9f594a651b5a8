package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleyhq/parley/server/store"
)

// maxRow bounds what one append may hold; SQLite's own limit for a row is a billion bytes.
const maxRow = 512 << 20

// Append implements store.Store.
func (s *Store) Append(ctx context.Context, c store.Commit) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if err := c.Validate(); err != nil {
		return err
	}
	a := &appending{c: &c}
	if len(c.Records) > 0 {
		a.data, a.raw = encode(c.Records)
	}
	if len(a.data)+len(a.raw) > maxRow {
		return fmt.Errorf("store: commit of %q has %d bytes; the limit is %d", c.Session, len(a.data)+len(a.raw), maxRow)
	}
	if c.Create != nil {
		s.used(c.Create.Key)
	}
	return s.writer.submit(ctx, &job{events: max(1, len(c.Records)), bytes: len(a.data) + len(a.raw), do: a.do})
}

// appending is a commit on its way. The rows are framed by the caller's goroutine: the writer is the bottleneck.
type appending struct {
	c         *store.Commit
	data, raw []byte
}

func (a *appending) do(q *statements) (refused, failed error) {
	key, epoch, err := a.check(q)
	if err != nil {
		return verdict(err)
	}
	if a.c.Create != nil {
		err = insertSession(q, a.c)
	} else {
		err = advance(q, a.c, key, max(epoch, a.c.Epoch))
	}
	if err == nil {
		err = a.insert(q, key)
	}
	return nil, err
}

// check says whether the commit may be written, before anything is.
func (a *appending) check(q *statements) (key int64, epoch uint64, err error) {
	if a.c.Receipt != nil {
		if err := checkReceipt(q, a.c.Receipt); err != nil {
			return 0, 0, err
		}
	}
	if a.c.Create != nil {
		return int64(a.c.Create.Key), 0, checkNew(q, a.c.Create)
	}
	return checkKnown(q, a.c)
}

func checkNew(q *statements, create *store.Session) error {
	var id string
	switch err := q.taken.QueryRowContext(background, create.ID, int64(create.Key)).Scan(&id); {
	case errors.Is(err, errNoRows):
		return nil
	case err != nil:
		return err
	case id == create.ID:
		return fmt.Errorf("%w: %q", store.ErrExists, create.ID)
	}
	return fmt.Errorf("store: key %d of new session %q is that of %q", create.Key, create.ID, id)
}

func checkKnown(q *statements, c *store.Commit) (key int64, epoch uint64, err error) {
	var last uint64
	switch err := q.find.QueryRowContext(background, c.Session).Scan(&key, &last, &epoch); {
	case errors.Is(err, errNoRows):
		return 0, 0, fmt.Errorf("%w: session %q", store.ErrNotFound, c.Session)
	case err != nil:
		return 0, 0, err
	case c.Epoch < epoch:
		return 0, 0, fmt.Errorf("%w: session %q has epoch %d, the writer %d", store.ErrFenced, c.Session, epoch, c.Epoch)
	case c.After != last:
		return 0, 0, fmt.Errorf("%w: session %q is at %d, the writer at %d", store.ErrConflict, c.Session, last, c.After)
	}
	return key, epoch, nil
}

// verdict splits what came out of the looking. Most concerns this commit alone, a damaged page too; after any other
// failure SQLite may have rolled the transaction back by itself.
func verdict(err error) (refused, failed error) {
	if broken(err) {
		return nil, err
	}
	return fault(err), nil
}

// insert writes the log row and the receipt.
func (a *appending) insert(q *statements, key int64) error {
	c := a.c
	if len(c.Records) > 0 {
		last := int64(c.After) + int64(len(c.Records))
		if err := run(q.insertLog, key, last, len(c.Records), plain, a.data, a.raw); err != nil {
			return err
		}
	}
	if c.Receipt == nil {
		return nil
	}
	return insertReceipt(q, c.Receipt)
}
