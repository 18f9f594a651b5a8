//go:build !unix

package files

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: a file inherits its owner from its directory.
func keepOwner(*os.File, fs.FileInfo) {}
