package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// A Report is what Check found.
type Report struct {
	Sessions int
	Events   int // that were read and found good
	Bytes    int // of their JSON and raw payloads
	Receipts int
	Faults   []Fault
}

// A Fault is one thing that is wrong with a data file.
type Fault struct {
	Session  string // empty: the file; where the id cannot be read "(key 7)" stands for it
	Sequence uint64 // of the first event concerned; 0: the session as a whole
	What     string
}

func (f Fault) String() string {
	switch {
	case f.Session == "":
		return f.What
	case f.Sequence == 0:
		return fmt.Sprintf("session %q: %s", f.Session, f.What)
	}
	return fmt.Sprintf("session %q, event %d: %s", f.Session, f.Sequence, f.What)
}

// Check reads the whole data file at path and reports everything that is wrong with it. It writes nothing into the
// file and goes on past what it cannot read. The error says why there is no report: the file is not ours, missing,
// or in use by a server.
func Check(ctx context.Context, path string) (Report, error) {
	path, err := resolve(path)
	if err != nil {
		return Report{}, err
	}
	if err := preview(path); err != nil {
		return Report{}, err
	}
	if _, err := os.Stat(path); err != nil {
		return Report{}, fmt.Errorf("there is no data file to check: %w", err)
	}
	lock, err := take(path)
	if err != nil {
		return Report{}, err
	}
	report, err := locked(ctx, path)
	return report, errors.Join(err, lock.Unlock())
}

func locked(ctx context.Context, path string) (Report, error) {
	if _, err := inspect(path); err != nil {
		return Report{}, err
	}
	db, err := connect(path, "ro", reads)
	if err != nil {
		return Report{}, err
	}
	report, err := examine(ctx, db)
	err = errors.Join(err, db.Close())
	tidy(path)
	return report, err
}

// tidy removes the files that SQLite put beside a data file which had no write-ahead log.
func tidy(path string) {
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() == 0 {
		_ = os.Remove(path + "-wal") // what cannot be removed does no harm
		_ = os.Remove(path + "-shm")
	}
}

// examine goes from the file to its parts; what one step cannot read does not keep the next from trying.
func examine(ctx context.Context, db *sql.DB) (Report, error) {
	x := examination{ctx: ctx, db: db}
	if err := x.prepare(); err != nil {
		x.fault("", 0, "nothing can be read: "+err.Error())
		return x.report, ctx.Err()
	}
	for _, step := range []func() error{x.file, x.receipts, x.sessions, x.orphans} {
		if err := step(); err != nil {
			x.fault("", 0, err.Error())
		}
		if ctx.Err() != nil {
			return Report{}, ctx.Err()
		}
	}
	return x.report, nil
}
