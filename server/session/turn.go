package session

import (
	"context"
	"sync"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// How much of a turn may wait for the owner, beside what the owner is writing. An agent that is faster is held up.
const (
	turnEvents = 512
	turnBytes  = 256 << 10
)

// turn is a running turn: the queue between the agent, which fills it through the Host, and the owner, which drains it.
// It implements adapters.Host.
type turn struct {
	id     string
	cancel context.CancelFunc // interrupts the agent
	ready  chan struct{}      // one token: something waits
	done   chan struct{}      // closed when the agent's goroutine is over

	mu    sync.Mutex
	space sync.Cond // something was drained, or err was set
	queue []entry
	bytes int
	err   error         // sticky: nothing can be appended any more
	over  chan struct{} // closed when err is set

	// Used by the owner's goroutine only.
	items       *stamper
	asked       map[string]*asked // open requests whose asker waits here
	calls       []*toldCall       // of client tools, as the agent tells of them
	early       []*asked          // calls of which it has not told yet
	interrupted bool              // the user said so
	called      bool              // it has asked for a tool of the client's
}

// entry is one thing that the agent's side hands to the owner. Exactly one field is set.
type entry struct {
	output   openapi.Output
	ask      *asked
	withdraw *asked
	overdue  *asked // a call that has waited long enough for its item
	end      *ending
}

// ending is how the agent's turn ended.
type ending struct {
	outcome adapters.Outcome
	err     error
}

func newTurn(id string, cancel context.CancelFunc) *turn {
	t := &turn{
		id:     id,
		cancel: cancel,
		ready:  make(chan struct{}, 1),
		done:   make(chan struct{}),
		over:   make(chan struct{}),
		asked:  map[string]*asked{},
	}
	t.space.L = &t.mu
	return t
}

// Emit implements adapters.Host.
func (t *turn) Emit(out openapi.Output) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.err == nil && (len(t.queue) >= turnEvents || t.bytes >= turnBytes) {
		t.space.Wait()
	}
	return t.push(entry{output: out}, size(out))
}

// put hands over what must not be held up: requests and the turn's end.
func (t *turn) put(e entry) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.push(e, 0)
}

// push adds to the queue. t.mu is held.
func (t *turn) push(e entry, bytes int) error {
	if t.err != nil {
		return t.err
	}
	t.queue = append(t.queue, e)
	t.bytes += bytes
	select {
	case t.ready <- struct{}{}:
	default:
	}
	return nil
}

// drain takes all that waits. The returned slice is the caller's until the next call but one.
func (t *turn) drain(spare []entry) []entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.queue
	t.queue, t.bytes = spare[:0], 0
	t.space.Broadcast()
	return taken
}

// fail refuses whatever the agent still says, releases who waits for the log, and interrupts the agent.
func (t *turn) fail(err error) {
	t.mu.Lock()
	if t.err == nil {
		t.err = err
		close(t.over)
	}
	t.space.Broadcast()
	t.mu.Unlock()
	t.cancel()
}

func (t *turn) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// size estimates what an output costs to keep.
func size(out openapi.Output) int {
	const envelope = 256
	switch o := out.(type) {
	case openapi.ItemDelta:
		return envelope + len(o.Delta) + len(o.Raw)
	case openapi.ItemStarted:
		return envelope + itemSize(o.Item) + len(o.Raw)
	case openapi.ItemCompleted:
		return envelope + 2*itemSize(o.Item) + len(o.Raw)
	case openapi.Usage:
		return envelope + len(o.Raw)
	case openapi.ResourceUpdated:
		return envelope + len(o.Data.Value) + len(o.Raw)
	case openapi.VariableUpdated:
		return envelope + len(o.Data.Value) + len(o.Raw)
	case openapi.BlockStarted:
		return envelope + len(o.Raw)
	case openapi.BlockEnded:
		return envelope + len(o.Data.Summary) + len(o.Raw)
	case openapi.Failure:
		return envelope + len(o.Data.Message) + len(o.Raw)
	case openapi.Unparsed:
		return envelope + len(o.Data.Error) + len(o.Raw)
	case openapi.Ended:
		return envelope + len(o.Raw)
	}
	return envelope
}

func itemSize(item openapi.Item) int {
	n := 0
	for _, c := range item.Content {
		switch p := c.Part.(type) {
		case openapi.TextPart:
			n += len(p.Text)
		case openapi.ReasoningPart:
			n += len(p.Text)
		case openapi.ToolCallPart:
			n += len(p.Arguments)
		case openapi.ToolResultPart:
			n += len(p.Output)
		case openapi.JSONPart:
			n += len(p.JSON)
		case openapi.FileRefPart:
			if p.Diff != nil {
				n += len(*p.Diff)
			}
		}
	}
	return n
}
