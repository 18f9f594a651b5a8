package sqlite

// The bounds of one transaction. A single job may exceed them.
const (
	groupEvents = 2048
	groupBytes  = 4 << 20
)

func (w *writer) run() {
	for {
		group := w.gather()
		if group == nil {
			return
		}
		w.write(group)
		w.trim()
	}
}

// gather waits for one job and adds what else is there already.
func (w *writer) gather() []*job {
	first := w.next
	w.next = nil
	for first == nil {
		select {
		case j := <-w.queue:
			if j.claimed.CompareAndSwap(false, true) {
				first = j
			}
		case <-w.stopped:
			return nil
		}
	}
	return w.fill([]*job{first})
}

func (w *writer) fill(group []*job) []*job {
	events, bytes := group[0].events, group[0].bytes
	for {
		select {
		case j := <-w.queue:
			if !j.claimed.CompareAndSwap(false, true) {
				continue
			}
			events, bytes = events+j.events, bytes+j.bytes
			if events > groupEvents || bytes > groupBytes {
				w.next = j
				return group
			}
			group = append(group, j)
		default:
			return group
		}
	}
}

// write answers every job of the group. Others must not pay for a job that fails: those before it and those behind it
// are tried again without it, each job at most a few times however many fail.
func (w *writer) write(group []*job) {
	for len(group) > 0 {
		at, err := w.transact(group)
		switch {
		case err == nil:
			for _, j := range group {
				j.done <- j.refused
			}
			return
		case len(group) == 1:
			group[0].done <- fault(err)
			return
		case at == len(group): // no job's own failure
			at = len(group) / 2
			w.write(group[:at])
		default:
			w.write(group[:at])
			w.write(group[at : at+1])
			at++
		}
		group = group[at:]
	}
}

// transact runs the group in one transaction. On an error nothing of it is written, and at is the job that failed, or
// behind the last when it was the beginning or the end.
func (w *writer) transact(group []*job) (at int, err error) {
	if err := run(w.stmts.begin); err != nil {
		w.rollback()
		return len(group), err
	}
	for at, j := range group {
		if j.refused, err = j.do(w.stmts); err != nil {
			w.rollback()
			return at, err
		}
	}
	if err := run(w.stmts.commit); err != nil {
		w.rollback()
		return len(group), err
	}
	return 0, nil
}

// rollback ignores its error: there may be nothing to roll back, because SQLite has done it by itself.
func (w *writer) rollback() { _ = run(w.stmts.rollback) }
