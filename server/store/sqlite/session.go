package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parleyhq/parley/server/store"
)

// selectSession is in the order of scanSession. CROSS keeps the planner from beginning with detail.
const selectSession = "SELECT s.key, id, created, updated, last, epoch, unfinished, pending, status, state, data " +
	"FROM session s CROSS JOIN detail d ON d.key = s.key "

func insertSession(q *statements, c *store.Commit) error {
	state := c.State
	if state == nil {
		state = &store.State{}
	}
	key := int64(c.Create.Key)
	if err := run(q.insertSession, key, c.Create.ID, stamp(c.Create.Created), stamp(c.At), len(c.Records),
		int64(c.Epoch), state.Unfinished, state.Pending, state.Status); err != nil {
		return err
	}
	return run(q.insertDetail, key, state.Data, c.Create.Data)
}

// advance moves the session along with its log.
func advance(q *statements, c *store.Commit, key int64, epoch uint64) error {
	last := int64(c.After) + int64(len(c.Records))
	s := c.State
	if s == nil {
		return run(q.advance, stamp(c.At), last, int64(epoch), key)
	}
	if err := run(q.advanceState, stamp(c.At), last, int64(epoch), s.Unfinished, s.Pending, s.Status, key); err != nil {
		return err
	}
	return run(q.updateDetail, s.Data, key)
}

func scanSession(row interface{ Scan(...any) error }) (store.Session, error) {
	var s store.Session
	var created, updated int64
	err := row.Scan(&s.Key, &s.ID, &created, &updated, &s.Last, &s.Epoch,
		&s.State.Unfinished, &s.State.Pending, &s.State.Status, &s.State.Data, &s.Data)
	s.Created, s.Updated = moment(created), moment(updated)
	return s, err
}

// stamp and moment keep times as nanoseconds since 1970, and the zero time as 0.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(stamp int64) time.Time {
	if stamp == 0 {
		return time.Time{}
	}
	return time.Unix(0, stamp).UTC()
}

// Session implements store.Store.
func (s *Store) Session(ctx context.Context, id string) (store.Session, error) {
	if err := s.enter(ctx); err != nil {
		return store.Session{}, err
	}
	defer s.leave()
	row, err := scanSession(s.reader.session.QueryRowContext(ctx, id))
	if errors.Is(err, errNoRows) {
		return store.Session{}, fmt.Errorf("%w: session %q", store.ErrNotFound, id)
	}
	if err != nil {
		return store.Session{}, fmt.Errorf("session %q: %w", id, fault(err))
	}
	return row, nil
}
