package proc

import (
	"context"
	"fmt"
	"maps"
	"os"
	"syscall"
	"time"
)

// Sweep ends the processes of servers that are gone: a server killed with SIGKILL cannot end its agents, and their
// shells do not hear of its death. Those found are asked to end (SIGTERM) and killed after grace, or when ctx ends;
// it returns how many there were. With none it returns at once. Call it when the server starts, before agents are
// started again for the same sessions. It never touches the processes of a server that lives, nor this process and its
// ancestors.
func Sweep(ctx context.Context, grace time.Duration) (int, error) {
	f := orphans()
	living, _ := f.gather()
	found := len(living)
	if found == 0 {
		return 0, nil
	}
	signalAll(living, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	tick := time.NewTicker(10 * endInterval)
	defer tick.Stop()
	for len(living) > 0 && ctx.Err() == nil {
		select {
		case <-tick.C:
			living, _ = f.gather()
		case <-ctx.Done():
		}
	}
	if err := f.end(); err != nil {
		return found, fmt.Errorf("sweep: %w", err)
	}
	return found, nil
}

// orphans is the family of all processes whose server is dead. Spared are this process and its ancestors, the
// processes of living servers and those servers themselves, which may have been started by an agent of a dead one.
func orphans() *family {
	ancestors := ancestry(os.Getpid())
	return &family{find: func(t table) (roots []entry, spared map[int]bool) {
		spared = maps.Clone(ancestors)
		for _, e := range t {
			o, ok := ownerOf(e.mark)
			switch {
			case !ok:
			case o.dead():
				roots = append(roots, e)
			default:
				spared[e.pid], spared[o.pid] = true, true
			}
		}
		return roots, spared
	}}
}

func ancestry(pid int) map[int]bool {
	line := make(map[int]bool)
	for pid > 0 && !line[pid] {
		line[pid] = true
		e, err := readEntry(pid)
		if err != nil {
			break
		}
		pid = e.parent
	}
	return line
}
