package files

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// tree is what holds files: a directory that nothing leads out of, which is an *os.Root and takes names relative to it,
// or the whole machine, which takes absolute paths. An *os.Root of / would not do for that: it follows no absolute link.
type tree interface {
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
	OpenRoot(name string) (*os.Root, error)
	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	MkdirAll(name string, perm fs.FileMode) error
	Rename(from, to string) error
	Remove(name string) error
	RemoveAll(name string) error
}

var _ tree = (*os.Root)(nil)

// machine is the tree without a jail.
type machine struct{}

func (machine) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, perm)
}
func (machine) OpenRoot(name string) (*os.Root, error)       { return os.OpenRoot(name) }
func (machine) Stat(name string) (fs.FileInfo, error)        { return os.Stat(name) }
func (machine) Lstat(name string) (fs.FileInfo, error)       { return os.Lstat(name) }
func (machine) MkdirAll(name string, perm fs.FileMode) error { return os.MkdirAll(name, perm) }
func (machine) Rename(from, to string) error                 { return os.Rename(from, to) }
func (machine) Remove(name string) error                     { return os.Remove(name) }
func (machine) RemoveAll(name string) error                  { return os.RemoveAll(name) }

// mkdir makes a directory and those above it. What is in the way is no directory, which trees say in several ways.
func mkdir(t tree, name string, perm fs.FileMode) error {
	err := t.MkdirAll(name, perm)
	if errors.Is(err, fs.ErrExist) {
		return syscall.ENOTDIR
	}
	return err
}

// put renames a file to where a file may be, and no directory.
func put(t tree, from, to string) error {
	err := t.Rename(from, to)
	if errors.Is(err, fs.ErrExist) {
		return syscall.EISDIR
	}
	return err
}
