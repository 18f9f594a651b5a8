package files

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/parleyhq/parley/openapi"
)

// Delete removes a file, a link or a directory. A directory with something in it goes only when recursive.
func (f *Files) Delete(at Path, recursive bool) (openapi.FsChanged, error) {
	p, err := f.resolve(at)
	if err != nil {
		return openapi.FsChanged{}, err
	}
	if filepath.Dir(p.path) == p.path || p.path == f.root {
		return openapi.FsChanged{}, refuse("the root cannot be deleted: %s", p.path)
	}
	remove := f.tree.Remove
	if recursive {
		remove = f.removeAll
	}
	return openapi.FsChanged{Path: p.path}, p.fault(remove(p.name))
}

// removeAll is RemoveAll, but what is missing is an error.
func (f *Files) removeAll(name string) error {
	if _, err := f.tree.Lstat(name); err != nil {
		return err
	}
	return f.tree.RemoveAll(name)
}

// Mkdir makes a directory and those above it. One that is there is fine.
func (f *Files) Mkdir(at Path) (openapi.FsChanged, error) {
	p, err := f.resolve(at)
	if err != nil {
		return openapi.FsChanged{}, err
	}
	return openapi.FsChanged{Path: p.path}, p.fault(mkdir(f.tree, p.name, 0o777))
}

// Move renames a file, a link or a directory, and makes the directories above its destination. What is at the destination
// is replaced when overwrite, and is in the way when not. It does not move between file systems.
func (f *Files) Move(from, to Path, overwrite bool) (openapi.FsMoved, error) {
	source, err := f.resolve(from)
	if err != nil {
		return openapi.FsMoved{}, err
	}
	destination, err := f.resolve(to)
	if err != nil {
		return openapi.FsMoved{}, err
	}
	if _, err := f.tree.Lstat(source.name); err != nil {
		return openapi.FsMoved{}, source.fault(err)
	}
	_, err = f.tree.Lstat(destination.name)
	if err == nil && !overwrite {
		return openapi.FsMoved{}, refuse("destination already exists: %s", destination.path)
	}
	if err != nil {
		err = mkdir(f.tree, filepath.Dir(destination.name), 0o777)
	}
	if err == nil {
		err = f.rename(source.name, destination.name)
	}
	return openapi.FsMoved{From: source.path, To: destination.path}, destination.fault(err)
}

// rename is Rename, also onto a directory with something in it and onto what is of another kind. That is set aside and
// comes back when the source cannot take its place, as where it holds the source.
func (f *Files) rename(from, to string) error {
	first := f.tree.Rename(from, to)
	if _, err := f.tree.Lstat(to); first == nil || errors.Is(err, fs.ErrNotExist) {
		return first
	}
	aside := filepath.Join(filepath.Dir(to), ".parley-"+rand.Text()+".old")
	if f.tree.Rename(to, aside) != nil {
		return first
	}
	if f.tree.Rename(from, to) != nil {
		return errors.Join(first, f.tree.Rename(aside, to))
	}
	return f.tree.RemoveAll(aside)
}
