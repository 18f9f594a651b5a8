package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	magic      = "SQLite format 3\x00"
	headerSize = 100
	// Where SQLite keeps them in the header, big endian.
	versionAt     = 60
	applicationAt = 68
)

// inspect looks at the data file without SQLite, so that a file which is not ours is not touched. It reports whether
// there is a file; the error says what is wrong and what to do.
func inspect(path string) (found bool, err error) {
	header, err := readHeader(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, orphaned(path)
	}
	if err != nil {
		return false, fmt.Errorf("data file %s cannot be read, see its permissions and its disk: %w", path, err)
	}
	return true, judge(path, header)
}

func readHeader(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file; name a file in which Parley may keep its data")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	header, err := io.ReadAll(io.LimitReader(f, headerSize))
	return header, errors.Join(err, f.Close())
}

// orphaned refuses to begin a new file beside a write-ahead log: SQLite would play it into the new file.
func orphaned(path string) error {
	if info, err := os.Lstat(path + "-wal"); err != nil || info.Size() == 0 {
		return nil
	}
	return fmt.Errorf("data file %s is missing but its write-ahead log %s-wal is there: "+
		"put the data file back beside it, or move the log away to begin with an empty store", path, path)
}

func judge(path string, header []byte) error {
	const choose = "choose another path, or move that file away"
	switch {
	case len(header) == 0:
		return fmt.Errorf("data file %s is empty: restore it from a backup, or delete it to begin with an empty store", path)
	case len(header) < headerSize || string(header[:len(magic)]) != magic:
		return fmt.Errorf("%s is not a Parley data file (its first bytes are not those of one): %s", path, choose)
	}
	if id := binary.BigEndian.Uint32(header[applicationAt:]); id != application {
		return fmt.Errorf("%s is not a Parley data file (an SQLite database of another program, application id %#x): %s", path, id, choose)
	}
	return supported(path, int64(binary.BigEndian.Uint32(header[versionAt:])))
}

func supported(path string, v int64) error {
	switch {
	case v > version:
		return fmt.Errorf("data file %s was written by a newer Parley (schema %d, this one reads up to %d): update Parley", path, v, version)
	case v < 1:
		return fmt.Errorf("data file %s has the schema %d, which no Parley ever wrote: restore it from a backup", path, v)
	}
	return nil
}

// writable asks before SQLite does, which would be content with reading.
func writable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("data file %s cannot be written, see its permissions: %w", path, err)
	}
	return f.Close()
}

// resolve makes two names of one file equal, so that they also share the lock. A missing file keeps its name.
func resolve(path string) (string, error) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("data file %s: its directory cannot be used: %w", path, err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", fmt.Errorf("data file %s: %w", path, err)
	}
	full := filepath.Join(dir, filepath.Base(path))
	if target, err := filepath.EvalSymlinks(full); err == nil {
		return target, nil
	}
	return full, nil
}
