package opencode

import "sync"

// entry is what a turn gets to hear: an event, or that some were lost.
type entry struct {
	event *event
	raw   []byte
	err   error // raw could not be read
	gap   bool  // events are missing here; what happened must be looked up
}

// maxQueue is how many events may wait for a turn. A turn whose host is slow delays nobody: what is more is dropped,
// which is a gap.
const maxQueue = 1 << 14

// queue holds the events of one turn. What is put in is taken out in order by one goroutine.
type queue struct {
	wake chan struct{} // has an element when there is something to take

	mu      sync.Mutex
	entries []entry
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// put never blocks.
func (q *queue) put(e entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.entries); n >= maxQueue {
		if q.entries[n-1].gap {
			return
		}
		e = entry{gap: true}
	}
	q.entries = append(q.entries, e)
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns what has been put in since the last call.
func (q *queue) take() []entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	entries := q.entries
	q.entries = nil
	return entries
}
