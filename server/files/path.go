package files

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Path is a path as a caller has it.
type Path struct {
	Name string // absolute, or relative to Base; a relative one must not have ..
	Base string // an absolute directory; empty = the root, and without a root the home of the server's user
}

// place is where a path leads.
type place struct {
	name string // in the tree
	path string // absolute, for answers
}

// resolve finds the place of a path. That no link leads out of a jail is the tree's to see to.
func (f *Files) resolve(p Path) (place, error) {
	name := p.Name
	if strings.ContainsRune(name, 0) {
		return place{}, refuse("invalid path: %q", name)
	}
	if !filepath.IsAbs(name) {
		if !plain(name) {
			return place{}, refuse("invalid relative path: %s", name)
		}
		base, err := f.base(p)
		if err != nil {
			return place{}, err
		}
		name = filepath.Join(base, name)
	}
	return f.within(filepath.Clean(name))
}

// plain tells a relative path that only leads down.
func plain(name string) bool {
	return filepath.IsLocal(name) && !slices.Contains(strings.Split(filepath.ToSlash(name), "/"), "..")
}

func (f *Files) base(p Path) (string, error) {
	if base := cmp.Or(p.Base, f.root); base != "" {
		return base, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", refuse("the server's user has no home directory: %s must be an absolute path", p.Name)
	}
	return home, nil
}

func (f *Files) within(path string) (place, error) {
	if f.root == "" {
		return place{path, path}, nil
	}
	name, err := filepath.Rel(f.root, path)
	if err != nil || !filepath.IsLocal(name) {
		return place{}, refuse("path is outside of %s: %s", f.root, path)
	}
	return place{name, path}, nil
}
