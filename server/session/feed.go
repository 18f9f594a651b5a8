package session

import (
	"slices"
	"sort"
	"sync"

	"github.com/parleyhq/parley/server/store"
)

// What a feed keeps of a session's newest records at most, while something happens and while nothing does. A follower
// further behind reads the store.
const (
	ringBytes = 4 << 20
	restBytes = 64 << 10
)

// feed is the live end of one session's log: its newest records, and a channel that wakes who waits for more. Only the
// session's owner publishes; anybody reads. Records are never changed after they were published.
type feed struct {
	mu     sync.RWMutex
	ring   []batch
	bytes  int
	head   uint64 // the last sequence published
	final  bool   // nothing will follow head
	closed bool   // nobody is to read on
	paused bool   // the turn was suspended at head: what follows is for the client to bring about
	wake   chan struct{}
}

// batch is what one commit made durable.
type batch struct {
	records []store.Record
	bytes   int
}

func (b batch) last() uint64 { return b.records[len(b.records)-1].Sequence }

func newFeed(head uint64, final bool) *feed {
	return &feed{head: head, final: final, wake: make(chan struct{})}
}

// publish shows records that are durable. final says that nothing will follow them.
func (f *feed) publish(records []store.Record, final bool) {
	b := batch{records: records}
	for i := range records {
		b.bytes += len(records[i].JSON) + len(records[i].Raw)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring = append(f.ring, b)
	f.bytes += b.bytes
	f.head, f.final, f.paused = b.last(), final, false
	f.trim(ringBytes)
	f.broadcast()
}

// advance takes in what is durable although its commit was answered with an error: nobody has published it.
func (f *feed) advance(head uint64, final bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if head > f.head {
		f.head, f.final = head, final
		f.broadcast()
	}
}

// pause tells who waits that the turn is suspended, of which no event tells.
func (f *feed) pause() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paused = true
	f.broadcast()
}

// rest keeps little of a session in which nothing happens.
func (f *feed) rest() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trim(restBytes)
	f.ring = slices.Clone(f.ring)
}

// trim drops the oldest batches. The last one stays, however large it is.
func (f *feed) trim(limit int) {
	drop := 0
	for f.bytes > limit && drop < len(f.ring)-1 {
		f.bytes -= f.ring[drop].bytes
		f.ring[drop] = batch{}
		drop++
	}
	f.ring = f.ring[drop:]
}

// close ends all following at once: the session was deleted, or the service ends.
func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.broadcast()
}

// broadcast wakes all who wait. f.mu is held.
func (f *feed) broadcast() {
	close(f.wake)
	f.wake = make(chan struct{})
}

// view is what a feed says to a reader at one moment.
type view struct {
	records []store.Record  // the next ones, as far as one batch of the ring has them
	behind  bool            // there is more, but only the store has it
	final   bool            // nothing will follow head
	closed  bool            // stop reading
	paused  bool            // the turn is suspended at head
	wake    <-chan struct{} // closed when there is something new
	head    uint64
}

// after looks for what follows a sequence.
func (f *feed) after(sequence uint64) view {
	f.mu.RLock()
	defer f.mu.RUnlock()
	v := view{final: f.final, closed: f.closed, paused: f.paused, wake: f.wake, head: f.head}
	if sequence >= f.head {
		return v
	}
	i := sort.Search(len(f.ring), func(i int) bool { return f.ring[i].last() > sequence })
	if i == len(f.ring) || f.ring[i].records[0].Sequence > sequence+1 {
		v.behind = true
		return v
	}
	records := f.ring[i].records
	v.records = records[sequence+1-records[0].Sequence:]
	return v
}
