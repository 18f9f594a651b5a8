package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// statements are what the writer runs, prepared on its connection.
type statements struct {
	begin, commit, rollback *sql.Stmt

	find, taken, insertSession, insertDetail, insertLog            *sql.Stmt
	advance, advanceState, updateDetail                            *sql.Stmt
	findReceipt, insertReceipt, forget                             *sql.Stmt
	deleteSession, deleteDetail, condemn, sizes, deleteRow, pardon *sql.Stmt
}

func (s *statements) queries() map[**sql.Stmt]string {
	return map[**sql.Stmt]string{
		&s.begin:    "BEGIN IMMEDIATE",
		&s.commit:   "COMMIT",
		&s.rollback: "ROLLBACK",

		&s.find:          "SELECT key, last, epoch FROM session WHERE id = ?",
		&s.taken:         "SELECT id FROM session WHERE id = ? OR key = ? LIMIT 1",
		&s.insertSession: "INSERT INTO session (key, id, created, updated, last, epoch, unfinished, pending, status) VALUES (?,?,?,?,?,?,?,?,?)",
		&s.insertDetail:  "INSERT INTO detail (key, state, data) VALUES (?,?,?)",
		&s.insertLog:     "INSERT INTO log (sid, last, n, codec, data, raw) VALUES (?,?,?,?,?,?)",
		&s.advance:       "UPDATE session SET updated = ?, last = ?, epoch = ? WHERE key = ?",
		&s.advanceState:  "UPDATE session SET updated = ?, last = ?, epoch = ?, unfinished = ?, pending = ?, status = ? WHERE key = ?",
		&s.updateDetail:  "UPDATE detail SET state = ? WHERE key = ?",

		&s.findReceipt:   findReceipt,
		&s.insertReceipt: "INSERT INTO receipt (scope, key, sequence, created, hash, answer) VALUES (?,?,?,?,?,?)",
		&s.forget: "DELETE FROM receipt WHERE rowid IN " +
			"(SELECT rowid FROM receipt WHERE created < ? ORDER BY created LIMIT ?)",

		&s.deleteSession: "DELETE FROM session WHERE key = ?",
		&s.deleteDetail:  "DELETE FROM detail WHERE key = ?",
		&s.condemn:       "INSERT INTO erased (sid) VALUES (?)",
		&s.sizes:         "SELECT rowid, length(data) + ifnull(length(raw), 0) FROM log WHERE sid = ? ORDER BY last LIMIT ?",
		&s.deleteRow:     "DELETE FROM log WHERE rowid = ?",
		&s.pardon:        "DELETE FROM erased WHERE sid = ?",
	}
}

// close is needed: database/sql does not close what was prepared on a *sql.Conn, and SQLite keeps a connection with open
// statements, its files and its locks forever.
func (s *statements) close() error {
	var errs []error
	for stmt := range s.queries() {
		if *stmt != nil {
			errs = append(errs, (*stmt).Close())
		}
	}
	return errors.Join(errs...)
}

// preparer is a *sql.DB or a *sql.Conn.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func prepare(ctx context.Context, on preparer, queries map[**sql.Stmt]string) error {
	for stmt, query := range queries {
		var err error
		if *stmt, err = on.PrepareContext(ctx, query); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return nil
}

// background is the writer's ctx. It never interrupts what it began; besides, a ctx that can end costs the driver a
// goroutine for each statement.
var background = context.Background()

var errNoRows = sql.ErrNoRows

// run executes a prepared statement of the writer.
func run(stmt *sql.Stmt, args ...any) error {
	_, err := stmt.ExecContext(background, args...)
	return err
}
