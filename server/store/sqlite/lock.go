package sqlite

import (
	"errors"
	"fmt"
	"os"

	"github.com/gofrs/flock"
)

// lockName is the file beside the data file that carries the lock.
func lockName(path string) string { return path + ".lock" }

// preview refuses what inspect refuses before a lock file is put beside it. Where one is, this may be the file of a
// store in this very process: that must not be opened and closed again, which would drop SQLite's own locks.
func preview(path string) error {
	if _, err := os.Lstat(lockName(path)); err == nil {
		return nil
	}
	_, err := inspect(path)
	return err
}

// ErrInUse says that another process has the data file open.
var ErrInUse = errors.New("in use by another Parley")

// take locks the data file for this process until the lock is released or the process is gone, however it ends.
func take(path string) (*flock.Flock, error) {
	lock := flock.New(lockName(path), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("data file %s cannot be locked: %w", path, err)
	}
	if !held {
		return nil, fmt.Errorf("data file %s is %w: stop that one first, or choose another path", path, ErrInUse)
	}
	return lock, nil
}
