package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/parleyhq/parley/openapi"
)

// Open opens a regular file to be read. The caller closes it.
func (f *Files) Open(at Path) (*os.File, error) {
	p, err := f.resolve(at)
	if err != nil {
		return nil, err
	}
	info, err := f.tree.Stat(p.name)
	if err != nil {
		return nil, p.fault(err)
	}
	if !info.Mode().IsRegular() {
		return nil, refuse("not a file: %s", p.path)
	}
	// It would wait for a named pipe that has taken the file's place since.
	file, err := f.tree.OpenFile(p.name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	return file, p.fault(err)
}

// Stat describes what a path leads to, through links.
func (f *Files) Stat(at Path) (openapi.FsStat, error) {
	p, err := f.resolve(at)
	if err != nil {
		return openapi.FsStat{}, err
	}
	info, err := f.tree.Stat(p.name)
	if err != nil {
		return openapi.FsStat{}, p.fault(err)
	}
	return openapi.FsStat{Path: p.path, EntryType: kind(info), Size: info.Size(), Modified: info.ModTime().UTC()}, nil
}

// List lists a directory, by name. A link is what it leads to; one that leads nowhere, or out of the root, is a file.
func (f *Files) List(at Path) ([]openapi.FsEntry, error) {
	p, err := f.resolve(at)
	if err != nil {
		return nil, err
	}
	found, err := f.entries(p)
	if err != nil {
		return nil, p.fault(err)
	}
	list := make([]openapi.FsEntry, 0, len(found))
	for _, e := range found {
		if info, err := f.look(p, e); err == nil { // else it has just gone
			list = append(list, openapi.FsEntry{
				Name: e.Name(), Path: filepath.Join(p.path, e.Name()),
				EntryType: kind(info), Size: info.Size(), Modified: info.ModTime().UTC(),
			})
		}
	}
	return list, nil
}

// entries reads a directory. What is none is not opened, which could have effects.
func (f *Files) entries(p place) ([]fs.DirEntry, error) {
	info, err := f.tree.Stat(p.name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, syscall.ENOTDIR
	}
	dir, err := f.tree.OpenFile(p.name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	found, err := dir.ReadDir(-1)
	slices.SortFunc(found, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return found, errors.Join(err, dir.Close())
}

// look describes an entry of a directory, through a link where it leads to something.
func (f *Files) look(p place, e fs.DirEntry) (fs.FileInfo, error) {
	name := filepath.Join(p.name, e.Name())
	if e.Type()&fs.ModeSymlink != 0 {
		if info, err := f.tree.Stat(name); err == nil {
			return info, nil
		}
	}
	return f.tree.Lstat(name)
}

func kind(info fs.FileInfo) openapi.FsEntryType {
	if info.IsDir() {
		return openapi.FsEntryTypeDirectory
	}
	return openapi.FsEntryTypeFile
}
