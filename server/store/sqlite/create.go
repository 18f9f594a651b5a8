package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// create makes a new data file, whole or not at all: it gets its name when it is complete.
func create(ctx context.Context, path string) error {
	fresh := path + ".new"
	err := build(ctx, fresh)
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		discard(fresh)
		return fmt.Errorf("data file %s cannot be created: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

func build(ctx context.Context, fresh string) error {
	discard(fresh) // of a start that was cut off
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(populate(ctx, fresh), f.Sync(), f.Close())
}

func discard(fresh string) {
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		_ = os.Remove(fresh + suffix) // mostly there is none; one that stays makes build fail
	}
}

// syncDir makes a new name durable. Windows has no such call and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
