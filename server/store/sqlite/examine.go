package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/parleyhq/parley/server/store"
)

// examination is a Check under way.
type examination struct {
	ctx    context.Context
	db     *sql.DB
	report Report
	known  []uint64 // keys of sessions, sorted

	integrity, receipt               *sql.Stmt
	byID, byTable, owners, condemned *sql.Stmt
	session, positions, row          *sql.Stmt
}

func (x *examination) prepare() error {
	return prepare(x.ctx, x.db, map[**sql.Stmt]string{
		&x.integrity: "PRAGMA integrity_check(1000)",
		&x.receipt:   "SELECT count(*), sum(length(hash) + length(answer)) FROM receipt NOT INDEXED",
		&x.byID:      "SELECT key FROM session INDEXED BY sqlite_autoindex_session_1",
		&x.byTable:   "SELECT key FROM session NOT INDEXED",
		&x.owners:    "SELECT DISTINCT sid FROM log INDEXED BY log_position",
		&x.condemned: "SELECT sid FROM erased",
		&x.session:   selectSession + "WHERE s.key = ?",
		&x.positions: "SELECT last FROM log WHERE sid = ? AND last > ? ORDER BY last LIMIT ?",
		&x.row:       "SELECT last, n, codec, data, raw FROM log WHERE sid = ? AND last = ?",
	})
}

func (x *examination) fault(session string, sequence uint64, what string) {
	x.report.Faults = append(x.report.Faults, Fault{Session: session, Sequence: sequence, What: what})
}

// file asks SQLite about its own structures.
func (x *examination) file() error {
	rows, err := x.integrity.QueryContext(x.ctx)
	if err != nil {
		return fmt.Errorf("the structure of the file cannot be checked: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			return err
		}
		if what != "ok" {
			x.fault("", 0, what)
		}
	}
	return rows.Err()
}

func (x *examination) receipts() error {
	var size sql.NullInt64
	if err := x.receipt.QueryRowContext(x.ctx).Scan(&x.report.Receipts, &size); err != nil {
		return fmt.Errorf("receipts cannot be read: %w", err)
	}
	return nil
}

// sessions looks for keys in the index and in the table: when a page of one is lost the other may have them.
func (x *examination) sessions() error {
	var errs []error
	for _, query := range []*sql.Stmt{x.byID, x.byTable} {
		found, err := keys(x.ctx, query)
		x.known, errs = append(x.known, found...), append(errs, err)
	}
	slices.Sort(x.known)
	x.known = slices.Compact(x.known)
	for _, key := range x.known {
		x.one(key)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sessions cannot be listed: %w", err)
	}
	return nil
}

func (x *examination) one(key uint64) {
	x.report.Sessions++
	session, rowErr := scanSession(x.session.QueryRowContext(x.ctx, int64(key)))
	if rowErr != nil {
		session.ID = fmt.Sprintf("(key %d)", key)
		x.fault(session.ID, 0, "its row cannot be read: "+rowErr.Error())
	}
	end, err := x.log(session.ID, key)
	switch {
	case err != nil:
		x.fault(session.ID, end+1, "the log cannot be followed from here: "+err.Error())
	case rowErr == nil && end != session.Last:
		x.fault(session.ID, min(end, session.Last)+1, fmt.Sprintf("the log ends at %d, the session at %d", end, session.Last))
	}
}

// positionPage is how many rows of a log are looked up at a time.
const positionPage = 1000

// log reads a log row by row: each is fetched alone, so that a bad one does not hide those behind it.
func (x *examination) log(session string, key uint64) (end uint64, err error) {
	for {
		page, err := keys(x.ctx, x.positions, int64(key), int64(end), positionPage)
		for _, last := range page {
			x.append(session, key, end, last)
			end = last
		}
		if err != nil || len(page) < positionPage {
			return end, err
		}
	}
}

// append checks the row that follows the event end and reaches to last.
func (x *examination) append(session string, key, end, last uint64) {
	var r row
	err := x.row.QueryRowContext(x.ctx, int64(key), int64(last)).Scan(&r.last, &r.n, &r.codec, &r.data, &r.raw)
	var records []store.Record
	if err == nil {
		records, err = decode(nil, &r)
	}
	if err != nil {
		x.fault(session, end+1, fmt.Sprintf("the append that ends at %d cannot be read: %v", last, err))
		return
	}
	if first := records[0].Sequence; first != end+1 {
		x.fault(session, min(first, end+1), fmt.Sprintf("event %d follows %d", first, end))
	}
	for _, record := range records {
		x.record(session, record)
	}
}

func (x *examination) record(session string, r store.Record) {
	if !json.Valid(r.JSON) {
		x.fault(session, r.Sequence, "is not valid JSON")
		return
	}
	x.report.Events++
	x.report.Bytes += len(r.JSON) + len(r.Raw)
}

// orphans looks for logs whose session is gone and that nobody is going to erase.
func (x *examination) orphans() error {
	condemned, err := keys(x.ctx, x.condemned)
	if err != nil {
		return fmt.Errorf("deleted sessions cannot be listed: %w", err)
	}
	owners, err := keys(x.ctx, x.owners)
	if err != nil {
		return fmt.Errorf("logs cannot be listed: %w", err)
	}
	for _, key := range owners {
		_, known := slices.BinarySearch(x.known, key)
		if !known && !slices.Contains(condemned, key) {
			x.fault("", 0, fmt.Sprintf("events of a session with key %d, which does not exist", key))
		}
	}
	return nil
}
