package sqlite

import (
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/parleyhq/parley/server/store"
)

// fault makes a damaged page recognizable as the contract's ErrCorrupt. Other errors stay as they are.
func fault(err error) error {
	if damaged(err) {
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	return err
}

func damaged(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// broken is any other error of SQLite: disk full, input or output, out of memory.
func broken(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && !damaged(err)
}
