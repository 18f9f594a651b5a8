package files

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// entry is one of a tar archive.
type entry struct {
	*tar.Header
	name string // cleaned, as this system writes it
}

// check refuses an entry that must not be written into a directory, before anything of it is.
func (e entry) check(root *os.Root) error {
	if !filepath.IsLocal(e.name) {
		return e.escapes()
	}
	switch e.Typeflag {
	case tar.TypeDir:
		return nil
	case tar.TypeReg:
		return e.checkFile()
	case tar.TypeSymlink:
		return e.checkSymlink(root)
	case tar.TypeLink:
		return e.checkLink(root)
	}
	return refuse("tar entry is no file, directory or link: %s", e.Name)
}

func (e entry) escapes() error { return refuse("tar entry escapes: %s", e.Name) }

// checkFile refuses sparse files: a small archive could fill the disk with them.
func (e entry) checkFile() error {
	for key := range e.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return refuse("tar entry is a sparse file: %s", e.Name)
		}
	}
	return e.checkOverRoot()
}

// checkOverRoot refuses to put something that is no directory in the place of the directory.
func (e entry) checkOverRoot() error {
	if e.name == "." {
		return refuse("tar entry has no name: %s", e.Name)
	}
	return nil
}

// checkSymlink refuses a link that leads out. Where it leads can be told from the texts alone, also for what is there
// only later: its own directory is reached without links, and its text goes up first and then only down.
func (e entry) checkSymlink(root *os.Root) error {
	to := e.target()
	if os.IsPathSeparator(to[0]) || filepath.VolumeName(to) != "" || !filepath.IsLocal(filepath.Join(filepath.Dir(e.name), to)) {
		return e.escapes()
	}
	for dir := filepath.Dir(e.name); dir != "."; dir = filepath.Dir(dir) {
		if info, err := root.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return refuse("tar entry is a link below a link: %s", e.Name)
		}
	}
	return e.checkOverRoot()
}

// checkLink refuses a hard link to anything but a file of the directory: a symbolic link would lead elsewhere from there.
func (e entry) checkLink(root *os.Root) error {
	if !filepath.IsLocal(e.target()) {
		return e.escapes()
	}
	if info, err := root.Lstat(e.target()); err != nil || !info.Mode().IsRegular() || e.target() == e.name {
		return refuse("tar entry is a hard link to no file: %s", e.Name)
	}
	return e.checkOverRoot()
}

func (e entry) target() string { return filepath.Clean(filepath.FromSlash(e.Linkname)) }

func (e entry) write(root *os.Root, content io.Reader) error {
	perm := e.FileInfo().Mode().Perm() // without setuid and its like
	switch e.Typeflag {
	case tar.TypeDir:
		return mkdir(root, e.name, perm|0o700) // what is in it comes later
	case tar.TypeReg:
		_, err := replace(root, e.name, draft{perm: perm}, archived{content})
		return err
	}
	if err := e.clear(root); err != nil {
		return err
	}
	if e.Typeflag == tar.TypeLink {
		return root.Link(e.target(), e.name)
	}
	return root.Symlink(e.target(), e.name)
}

// clear makes room for a link.
func (e entry) clear(root *os.Root) error {
	if err := mkdir(root, filepath.Dir(e.name), 0o777); err != nil {
		return err
	}
	info, err := root.Lstat(e.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return syscall.EISDIR
	}
	return root.Remove(e.name)
}

// archived is the content of an entry, whose errors are the archive's.
type archived struct{ io.Reader }

func (a archived) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = notTar(err)
	}
	return n, err
}
