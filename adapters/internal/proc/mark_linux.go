package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// owner is the server that a mark names: its process, and the PID namespace in which the number counts. A server in
// a container is seen from outside under another number and must not be taken for dead.
type owner struct {
	space string
	member
}

var thisOwner = sync.OnceValue(func() owner {
	e, _ := readEntry(os.Getpid())
	space, _ := os.Readlink("/proc/self/ns/pid")
	if space == "" {
		space = "none"
	}
	return owner{space: space, member: member{pid: os.Getpid(), start: e.start}}
})

var serial atomic.Uint64

const markFormat = "%s %d %d %d"

// newMark is different for each process that is started.
func newMark() string {
	o := thisOwner()
	return fmt.Sprintf(markFormat, o.space, o.pid, o.start, serial.Add(1))
}

func ownerOf(mark string) (owner, bool) {
	var o owner
	var n uint64
	_, err := fmt.Sscanf(mark, markFormat, &o.space, &o.pid, &o.start, &n)
	return o, err == nil
}

// dead holds only when it is certain: in this namespace, and nobody has the owner's number and start time.
func (o owner) dead() bool {
	if o.space != thisOwner().space {
		return false
	}
	e, err := readEntry(o.pid)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return e.start != o.start || e.zombie
}
