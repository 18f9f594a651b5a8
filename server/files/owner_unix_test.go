//go:build unix

package files

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReplacedFileKeepsItsOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may give files away")
	}
	both(t, func(t *testing.T, f *Files, dir string) {
		path := filepath.Join(dir, "file")
		must(t, os.WriteFile(path, nil, 0o600))
		must(t, os.Chown(path, 1234, 4321))
		_, err := f.Write(at(path), strings.NewReader("new"))
		must(t, err)
		info, err := os.Stat(path)
		must(t, err)
		if s := info.Sys().(*syscall.Stat_t); s.Uid != 1234 || s.Gid != 4321 || info.Mode() != 0o600 {
			t.Errorf("it is of %d, %d, mode %v", s.Uid, s.Gid, info.Mode())
		}
	})
}
