package files

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// Write puts what r has to say into a file, and makes the directories above it that are missing. The file is there as a
// whole, and on disk, when Write returns; when it fails, everything is as it was. A file that is replaced keeps its
// permissions and, where the server may give it away, its owner; a link to it stays a link.
func (f *Files) Write(at Path, r io.Reader) (openapi.FsWritten, error) {
	p, err := f.resolve(at)
	if err != nil {
		return openapi.FsWritten{}, err
	}
	if strings.HasSuffix(filepath.ToSlash(at.Name), "/") {
		return openapi.FsWritten{}, refuse("is a directory: %s", p.path)
	}
	name, old, err := f.destination(p)
	if err != nil {
		return openapi.FsWritten{}, p.fault(err)
	}
	n, err := replace(f.tree, name, draft{perm: 0o666, like: old, durable: true}.private(), body{r})
	return openapi.FsWritten{Path: p.path, BytesWritten: n}, p.fault(err)
}

// destination is the file that writing to a place replaces, which is another one where a link is, and what is there;
// nil = nothing.
func (f *Files) destination(p place) (name string, old fs.FileInfo, err error) {
	link, err := f.tree.Lstat(p.name)
	if errors.Is(err, fs.ErrNotExist) {
		return p.name, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	if old, err = f.tree.Stat(p.name); err != nil { // a link that leads nowhere, or out
		return "", nil, err
	}
	if !old.Mode().IsRegular() {
		return "", nil, refuse("not a file: %s", p.path)
	}
	if link.Mode()&fs.ModeSymlink == 0 {
		return p.name, old, nil
	}
	real, err := filepath.EvalSymlinks(p.path)
	if err != nil {
		return "", nil, err
	}
	to, err := f.real(real)
	return to.name, old, err
}

// real is the place of a path that has no links.
func (f *Files) real(path string) (place, error) {
	if f.root == "" {
		return place{path, path}, nil
	}
	root, err := filepath.EvalSymlinks(f.root)
	if err != nil {
		return place{}, err
	}
	return (&Files{root: root}).within(path)
}

// draft is what a file is to be, beside its content.
type draft struct {
	perm    fs.FileMode // less the umask
	like    fs.FileInfo // the file whose owner and permissions it takes; nil = none
	durable bool        // on disk, content and name, when it is in its place
}

// private hides a draft until it has the owner and the permissions of what it replaces: that may be nobody else's to read.
func (d draft) private() draft {
	if d.like != nil {
		d.perm = 0o600
	}
	return d
}

// replace lets a file take its place in one step when all of it is there, and leaves nothing behind when it fails. It is
// written in the nearest directory that exists, so that directories are made for files only that come to be.
func replace(t tree, name string, d draft, r io.Reader) (n int64, err error) {
	dir := filepath.Dir(name)
	above := standing(t, dir)
	temp := filepath.Join(above, ".parley-"+rand.Text()+".part")
	file, err := t.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, d.perm)
	if err != nil {
		return 0, err
	}
	if n, err = d.fill(file, r); err == nil {
		err = mkdir(t, dir, 0o777)
	}
	if err == nil {
		err = put(t, temp, name)
	}
	if err != nil {
		_ = t.Remove(temp) // what went wrong first is what counts
		return 0, err
	}
	if d.durable {
		settle(t, dir, above)
	}
	return n, nil
}

// settle puts on disk what is in a directory, and in those above it up to one, by name. The file is in its place by then: that a
// system cannot do this, as Windows, or that the directory may not be read, is no failure.
func settle(t tree, dir, above string) {
	for {
		if d, err := t.OpenFile(dir, os.O_RDONLY, 0); err == nil {
			_ = d.Sync()
			_ = d.Close()
		}
		if dir == above {
			return
		}
		dir = filepath.Dir(dir)
	}
}

// standing is a directory, or the nearest one above it that exists.
func standing(t tree, dir string) string {
	for {
		_, err := t.Stat(dir)
		above := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || above == dir {
			return dir
		}
		dir = above
	}
}

// fill writes a file and closes it.
func (d draft) fill(file *os.File, r io.Reader) (int64, error) {
	n, err := io.Copy(file, r)
	if err == nil && d.like != nil {
		keepOwner(file, d.like)
		err = file.Chmod(d.like.Mode().Perm())
	}
	if err == nil && d.durable {
		err = file.Sync()
	}
	return n, errors.Join(err, file.Close())
}
