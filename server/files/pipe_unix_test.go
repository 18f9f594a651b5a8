//go:build unix

package files

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNamedPipe is refused, and never waited for.
func TestNamedPipe(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		path := filepath.Join(dir, "pipe")
		must(t, syscall.Mkfifo(path, 0o600))
		_, err := f.Open(at(path))
		refused(t, err, "not a file: "+path)
		_, err = f.Write(at(path), strings.NewReader("new"))
		refused(t, err, "not a file: "+path)
		_, err = f.List(at(path))
		refused(t, err, "not a directory: "+path)
	})
}
