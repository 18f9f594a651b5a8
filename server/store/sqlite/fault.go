package sqlite

import (
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/parleyhq/parley/server/store"
)

// fault makes stored bytes that cannot be read recognizable as the contract's ErrCorrupt. Other errors stay as they are.
func fault(err error) error {
	if unreadable(err) {
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	return err
}

// damaged says that SQLite, or database/sql, found nonsense where it looked. A transaction goes on after it.
func damaged(err error) bool {
	switch code(err) & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return err != nil && strings.HasPrefix(err.Error(), "sql: Scan error") // a number that is none; it has no type
}

// unreadable is damaged, or a place of the disk that the machine cannot read any more.
func unreadable(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS, sqlite3.SQLITE_IOERR_DATA:
		return true
	}
	return damaged(err)
}

// broken is any error of SQLite after which it may have rolled the transaction back by itself: disk full, input or
// output, out of memory.
func broken(err error) bool { return code(err) != 0 && !damaged(err) }

// code is SQLite's own, extended; 0 where err is not SQLite's.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
