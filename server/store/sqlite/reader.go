package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
)

// reader is the pool of connections that only read, with what they run.
type reader struct {
	db *sql.DB

	log, logRaw                             *sql.Stmt
	session, key, sessions, pending         *sql.Stmt
	unfinished, everyKey, condemned, answer *sql.Stmt
}

const findReceipt = "SELECT scope, key, sequence, created, hash, answer FROM receipt WHERE scope = ? AND key = ?"

// logOf reads a session and its log in order. A session without such events is one row with zeros.
func logOf(raw string) string {
	return "SELECT s.last, ifnull(l.last, 0), ifnull(l.n, 0), ifnull(l.codec, 0), l.data, " + raw +
		" FROM session s LEFT JOIN log l ON l.sid = s.key AND l.last > ? WHERE s.id = ? ORDER BY l.last"
}

func newReader(ctx context.Context, path string) (*reader, error) {
	db, err := connect(path, "ro", reads)
	if err != nil {
		return nil, err
	}
	conns := 4 + runtime.GOMAXPROCS(0)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	r := &reader{db: db}
	if err := prepare(ctx, db, r.queries()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

func (r *reader) queries() map[**sql.Stmt]string {
	const list = selectSession + "WHERE s.key < ?"
	return map[**sql.Stmt]string{
		&r.log:        logOf("NULL"),
		&r.logRaw:     logOf("l.raw"),
		&r.session:    selectSession + "WHERE id = ?",
		&r.key:        selectSession + "WHERE s.key = ?",
		&r.sessions:   list + " ORDER BY s.key DESC LIMIT ?",
		&r.pending:    list + " AND pending <> 0 ORDER BY s.key DESC LIMIT ?",
		&r.unfinished: "SELECT key FROM session WHERE unfinished <> 0 AND key > ? ORDER BY key LIMIT ?",
		&r.everyKey:   "SELECT key FROM session INDEXED BY sqlite_autoindex_session_1",
		&r.condemned:  "SELECT sid FROM erased ORDER BY sid",
		&r.answer:     findReceipt,
	}
}

func (r *reader) close() error { return r.db.Close() }

// keys runs a statement that yields keys.
func keys(ctx context.Context, query *sql.Stmt, args ...any) ([]uint64, error) {
	rows, err := query.QueryContext(ctx, args...)
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	var list []uint64
	for rows.Next() {
		var key uint64
		if err := rows.Scan(&key); err != nil {
			return list, fault(err)
		}
		list = append(list, key)
	}
	return list, fault(rows.Err())
}
