package proc

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

const (
	endPatience = 5 * time.Second      // a process that outlives SIGKILL this long is stuck in the kernel
	endInterval = 2 * time.Millisecond // nothing announces the end of a process that is not our child
)

// family is a set of processes and all their descendants. Who was seen once is never forgotten: a descendant is
// re-parented when its parent ends.
type family struct {
	// find returns the roots, and the processes that are spared together with their descendants.
	find func(table) (roots []entry, spared map[int]bool)

	mu   sync.Mutex
	seen map[member]bool
}

// newFamily is the family of a child of ours: the child, its process group, and whoever carries its mark.
// The group counts only while the child holds its number, alive or as a zombie.
func newFamily(pid int, mark string) *family {
	child, _ := readEntry(pid)
	return &family{find: func(t table) (roots []entry, _ map[int]bool) {
		held := t[pid].member == child.member
		for _, e := range t {
			if e.mark == mark || held && e.group == pid {
				roots = append(roots, e)
			}
		}
		return roots, nil
	}}
}

// note remembers who belongs to the family now.
func (f *family) note() { f.gather() }

// gather returns the living, and of these the ones not seen before.
func (f *family) gather() (living, fresh []member) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen == nil {
		f.seen = make(map[member]bool)
	}
	t := readTable()
	roots, spared := f.find(t)
	for m := range f.seen {
		if e := t[m.pid]; e.member == m {
			roots = append(roots, e)
		}
	}
	for _, e := range t.descendants(roots, spared) {
		if e.zombie {
			continue
		}
		living = append(living, e.member)
		if !f.seen[e.member] {
			f.seen[e.member] = true
			fresh = append(fresh, e.member)
		}
	}
	return living, fresh
}

// descendants are the roots and all below them, without the spared and those below these.
func (t table) descendants(roots []entry, spared map[int]bool) []entry {
	children := make(map[int][]entry)
	for _, e := range t {
		children[e.parent] = append(children[e.parent], e)
	}
	var found []entry
	visited := make(map[int]bool)
	for queue := roots; len(queue) > 0; queue = queue[1:] {
		e := queue[0]
		if !visited[e.pid] && !spared[e.pid] {
			visited[e.pid] = true
			found = append(found, e)
			queue = append(queue, children[e.pid]...)
		}
	}
	return found
}

// end kills the family and returns when none of it lives.
func (f *family) end() error {
	deadline := time.Now().Add(endPatience)
	for {
		living := f.freeze(deadline)
		if len(living) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: %v", errLeft, living)
		}
		signalAll(living, syscall.SIGKILL)
		time.Sleep(endInterval)
	}
}

var errLeft = errors.New("processes could not be ended")

// freeze stops the family until nobody new is found, so that none forks between being seen and being killed.
func (f *family) freeze(deadline time.Time) []member {
	living, _ := f.gather()
	for fresh := living; len(fresh) > 0 && time.Now().Before(deadline); {
		signalAll(fresh, syscall.SIGSTOP)
		living, fresh = f.gather()
	}
	return living
}

func signalAll(members []member, sig syscall.Signal) {
	for _, m := range members {
		m.signal(sig)
	}
}
