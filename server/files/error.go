package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// Refusal is a fault of the request: a path that leads nowhere, or to the wrong kind of thing, or out of the root; an
// archive that is none. Any other error but ErrBody is one of input and output: a full disk, a directory with something
// in it.
type Refusal struct {
	Detail string // for the caller
}

func (e *Refusal) Error() string { return e.Detail }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// ErrBody says that what was to be written could not be read to its end.
var ErrBody = errors.New("files: the body was not received")

// body marks the errors of its reader, which are the sender's, as ErrBody.
type body struct{ io.Reader }

func (b body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrBody, err)
	}
	return n, err
}

// faults are the errors of the system that a path is to blame for.
var faults = []struct {
	err  error
	text string
}{
	{fs.ErrNotExist, "path not found"},
	{fs.ErrPermission, "permission denied"},
	{syscall.ENOTDIR, "not a directory"},
	{syscall.EISDIR, "is a directory"},
	{syscall.ENAMETOOLONG, "path too long"},
	{syscall.ELOOP, "too many links"},
	{syscall.EINVAL, "invalid path"},
}

// fault says what an error of the tree means for who asked for a place.
func (p place) fault(err error) error {
	if _, refused := errors.AsType[*Refusal](err); refused || err == nil || errors.Is(err, ErrBody) {
		return err
	}
	if outside(err) {
		return refuse("path leads out of the root: %s", p.path)
	}
	for _, f := range faults {
		if errors.Is(err, f.err) {
			return refuse("%s: %s", f.text, p.path)
		}
	}
	return fmt.Errorf("%s: %w", p.path, bare(err))
}

// outside tells an *os.Root's refusal to follow a path. Package os has no name for it.
func outside(err error) bool { return strings.HasSuffix(err.Error(), "path escapes from parent") }

// bare takes the names off an error of the system: they are of temporary files, or relative to the root.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
