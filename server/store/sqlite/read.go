package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"github.com/parleyhq/parley/server/store"
)

// Read implements store.Store. One statement reads the session and its log, so both are of one moment: a session that
// is being deleted is there whole or not at all.
func (s *Store) Read(ctx context.Context, session string, after uint64, p store.Page) ([]store.Record, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	query := s.reader.log
	if p.Raw {
		query = s.reader.logRaw
	}
	rows, err := query.QueryContext(ctx, int64(min(after, math.MaxInt64)), session)
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	g := gathering{page: p, at: after}
	if err := g.drain(rows); err != nil {
		return nil, fmt.Errorf("log of session %q after %d: %w", session, g.at, fault(err))
	}
	return g.records, nil
}

// gathering is a page of records as it grows out of rows.
type gathering struct {
	page    store.Page
	at      uint64 // the last sequence that is gathered or was not asked for
	bytes   int
	records []store.Record
}

func (g *gathering) drain(rows *sql.Rows) error {
	var r row
	var last uint64
	found, into := false, []any{&last, &r.last, &r.n, &r.codec, &r.data, &r.raw}
	for !g.full() && rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		found = true
		if r.last == 0 { // a session without events after at
			break
		}
		if err := g.add(&r); err != nil {
			return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	if !g.full() && g.at < last {
		return fmt.Errorf("%w: events %d to %d are missing", store.ErrCorrupt, g.at+1, last)
	}
	return nil
}

// add takes what is asked for out of a row. Only the first row may begin before the page does.
func (g *gathering) add(r *row) error {
	from := len(g.records)
	records, err := decode(g.records, r)
	if err != nil {
		return err
	}
	first := records[from].Sequence
	if first > g.at+1 || first <= g.at && from > 0 {
		return fmt.Errorf("event %d follows %d", first, g.at)
	}
	g.records = slices.Delete(records, from, from+int(g.at+1-first))
	for i := from; i < len(g.records); i++ {
		g.at = g.records[i].Sequence
		g.bytes += len(g.records[i].JSON) + len(g.records[i].Raw)
		if g.fullAt(i + 1) {
			g.records = g.records[:i+1]
		}
	}
	return nil
}

func (g *gathering) full() bool { return g.fullAt(len(g.records)) }

func (g *gathering) fullAt(n int) bool {
	return g.page.Limit > 0 && n >= g.page.Limit || g.page.Bytes > 0 && g.bytes >= g.page.Bytes
}
