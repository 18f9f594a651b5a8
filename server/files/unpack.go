package files

import (
	"archive/tar"
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/parleyhq/parley/openapi"
)

// listed is how many paths the answer to an archive names.
const listed = 1024

// Unpack writes what a plain tar archive holds into a directory, which is made where it is missing: files, directories,
// and links that stay inside. An entry that would lead out of the directory, also with Config.Root empty, is refused, as
// is one of any other kind; what came before it in the archive is there then. Files that exist are replaced.
func (f *Files) Unpack(at Path, archive io.Reader) (openapi.FsUploaded, error) {
	p, err := f.resolve(at)
	if err != nil {
		return openapi.FsUploaded{}, err
	}
	in := bufio.NewReader(body{archive})
	switch magic, err := in.Peek(2); {
	case len(magic) == 0 && errors.Is(err, io.EOF): // what makes the archive has failed, perhaps: one of no files is longer
		return openapi.FsUploaded{}, refuse("the archive is empty")
	case err == nil && magic[0] == 0x1f && magic[1] == 0x8b:
		return openapi.FsUploaded{}, refuse("the archive is compressed by gzip; send it as plain tar")
	}
	root, err := f.directory(p.name)
	if err != nil {
		return openapi.FsUploaded{}, p.fault(err)
	}
	defer func() { _ = root.Close() }()
	u := unpacking{root: root, to: p.path, done: openapi.FsUploaded{Paths: []string{}}}
	if err := u.all(tar.NewReader(in)); err != nil {
		return openapi.FsUploaded{}, err
	}
	_, err = io.Copy(io.Discard, in) // what pads an archive is a part of the body
	return u.done, err
}

// directory opens a directory, which is made where it is missing.
func (f *Files) directory(name string) (*os.Root, error) {
	if err := mkdir(f.tree, name, 0o777); err != nil {
		return nil, err
	}
	return f.tree.OpenRoot(name)
}

// unpacking is an archive on its way into a directory.
type unpacking struct {
	root *os.Root
	to   string // the directory's absolute path
	done openapi.FsUploaded
}

func (u *unpacking) all(archive *tar.Reader) error {
	for {
		h, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return notTar(err)
		case h.Typeflag == tar.TypeXGlobalHeader:
			continue
		}
		if err := u.write(entry{h, filepath.Clean(filepath.FromSlash(h.Name))}, archive); err != nil {
			return err
		}
	}
}

// notTar says what is wrong with an archive that cannot be read, unless it was not received.
func notTar(err error) error {
	switch {
	case errors.Is(err, ErrBody):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refuse("the tar archive is cut off")
	}
	return refuse("not a tar archive: %s", err)
}

func (u *unpacking) write(e entry, content io.Reader) error {
	if err := e.check(u.root); err != nil {
		return err
	}
	at := place{e.name, filepath.Join(u.to, e.name)}
	if err := e.write(u.root, content); err != nil {
		if outside(err) { // by a link that was there before
			return e.escapes()
		}
		return at.fault(err)
	}
	if len(u.done.Paths) < listed {
		u.done.Paths = append(u.done.Paths, at.path)
	} else {
		u.done.Truncated = true
	}
	return nil
}
