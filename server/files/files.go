// Package files reads and writes the files of the machine that a server runs on: whole files as streams, directories,
// and tar archives that are unpacked. It decides where a path leads, and whether it may lead there.
//
// It imports the vocabulary of the API (package openapi) and no HTTP. The handlers of package server use it.
package files

import (
	"fmt"
	"os"
	"path/filepath"
)

// Config is what a Files is made of.
type Config struct {
	// Root holds everything inside one directory: no path, no .. and no link leads out of it. Empty = no jail: the whole
	// machine is there, with the rights of the server.
	Root string
}

// Files are the files of this machine, or those of one directory. It is safe for concurrent use.
type Files struct {
	tree tree
	root string // of the jail, absolute; empty = none
}

// New opens the root, where there is one.
func New(cfg Config) (*Files, error) {
	if cfg.Root == "" {
		return &Files{tree: machine{}}, nil
	}
	dir, err := filepath.Abs(cfg.Root)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return &Files{tree: root, root: dir}, nil
}

// Close lets the root go. Nothing can be read or written then.
func (f *Files) Close() error {
	if root, ok := f.tree.(*os.Root); ok {
		return root.Close()
	}
	return nil
}
