package files

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestFullDisk fills a small disk of its own. TestWriteFails is the same for those who may not mount one.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(disk, 0)) })
	f, err := New(Config{Root: disk})
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	_, err = f.Write(at(disk, "old"), strings.NewReader("old"))
	must(t, err)
	for _, name := range []string{"old", "new/file"} {
		_, err := f.Write(at(disk, name), io.LimitReader(zeros{}, 1<<20))
		if !errors.Is(err, syscall.ENOSPC) || err.Error() != filepath.Join(disk, name)+": no space left on device" {
			t.Errorf("%s: %v", name, err)
		}
	}
	has(t, filepath.Join(disk, "old"), "old")
	if got := names(t, disk); !slices.Equal(got, []string{"old"}) {
		t.Errorf("left %q", got)
	}
	_, err = f.Unpack(at(disk), archive(t, entryOf("a", "fits"), entryOf("b", strings.Repeat("x", 1<<20))))
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != filepath.Join(disk, "b")+": no space left on device" {
		t.Errorf("an archive: %v", err)
	}
	if got := names(t, disk); !slices.Equal(got, []string{"a", "old"}) {
		t.Errorf("left %q", got)
	}
}
