package codex

import (
	"fmt"

	"github.com/parleyhq/parley/openapi"
)

// converter turns the notifications of one process into outputs. It is pure: no I/O, no clock, no lock. What it remembers
// between notifications is the turn so far, which begin forgets, the tokens spent, and what it has warned of.
type converter struct {
	anonymous bool   // the provider wants a login and there is none
	model     string // that the thread has
	out       []openapi.Output

	thread string            // the session's own; any other is a subagent's
	turn   string            // the native turn that runs; empty while it is not known
	past   string            // the native turn before it
	texts  map[key]*text     // messages, plans and thoughts of the turn
	calls  map[key]*call     // its tool calls
	spawns map[string]*call  // by the thread of the subagent that they have begun
	order  []closer          // texts and calls in the order of their beginning
	used   map[string]int    // how often a native item id was wanted
	steers map[string]string // messages that the user has sent into the turn, by the names that they went with
	diff   string            // of all files, since the turn began
	plan   string            // that was proposed
	failed bool              // a failure was told
	client map[string]string // the client's names of its tools, by the model's
	warned map[string]bool   // texts of warnings; a session's, so that none comes twice
	spent  spending
}

// key names an item: its id is the model's and a subagent's may be the same.
type key struct{ thread, item string }

// closer is what may still be open when a turn ends.
type closer interface {
	close(c *converter, end turnEnd)
}

// turnEnd is how a native turn ended.
type turnEnd struct {
	Status openapi.TurnStatus
	Plan   string `json:",omitempty"` // that was proposed in it
}

// newConverter is for one process. What was warned of is shared by the processes of a session.
func newConverter(warned map[string]bool) *converter {
	c := &converter{warned: warned, spent: newSpending()}
	c.begin()
	return c
}

// begin starts a turn of the session.
func (c *converter) begin() {
	c.texts, c.calls, c.spawns, c.order = map[key]*text{}, map[key]*call{}, map[string]*call{}, nil
	c.used, c.steers = map[string]int{}, map[string]string{}
	c.diff, c.failed = "", false
	c.spent.begin()
	c.await()
}

// await says that a native turn is about to begin: the first of the turn, or one that carries its plan out.
func (c *converter) await() {
	if c.turn != "" {
		c.past = c.turn
	}
	c.turn, c.plan = "", ""
}

// began is the name of the native turn.
func (c *converter) began(turn string) {
	if turn != "" {
		c.turn = turn
	}
}

// steered is a message that the user has sent into the turn, and the name that it goes with.
func (c *converter) steered(name, text string) { c.steers[name] = text }

// convert turns a notification into outputs, which are good until the next call. raw goes with the last of them.
// The end is nil until the native turn has ended.
func (c *converter) convert(method string, p *params, raw []byte) ([]openapi.Output, *turnEnd) {
	c.out = c.out[:0]
	do := converters[method]
	if do == nil {
		return nil, nil
	}
	end := do(c, p)
	if len(c.out) > 0 {
		last := &c.out[len(c.out)-1]
		*last = withRaw(*last, raw)
	}
	return c.out, end
}

// cut completes what is still open, for a process that died.
func (c *converter) cut() []openapi.Output {
	c.out = c.out[:0]
	c.close(turnEnd{Status: openapi.TurnStatusFailed})
	return c.out
}

// finish says what is said once in a turn, at its end.
func (c *converter) finish() []openapi.Output {
	c.out = c.out[:0]
	if c.diff != "" {
		c.status("turn.diff.updated", c.diff)
	}
	if usage := c.spent.turn; usage != (openapi.UsageUpdatedData{}) {
		usage.Model = c.model
		c.emit(openapi.Usage{Data: usage})
	}
	return c.out
}

// close completes what is still open.
func (c *converter) close(end turnEnd) {
	for _, open := range c.order {
		open.close(c, end)
	}
	c.order = nil
}

func (c *converter) emit(o openapi.Output) { c.out = append(c.out, o) }

// withRaw keeps a line with one output only, however many came from it: it is stored once.
func withRaw(o openapi.Output, raw []byte) openapi.Output {
	switch o := o.(type) {
	case openapi.ItemDelta:
		o.Raw = raw
		return o
	case openapi.ItemStarted:
		o.Raw = raw
		return o
	case openapi.ItemCompleted:
		o.Raw = raw
		return o
	case openapi.Failure:
		o.Raw = raw
		return o
	}
	return o
}

// nativeID makes an id unique in the turn: a provider may give every message the same id.
func (c *converter) nativeID(wanted string) string {
	c.used[wanted]++
	if n := c.used[wanted]; n > 1 {
		return fmt.Sprintf("%s#%d", wanted, n)
	}
	return wanted
}

// parent names the item that a subagent's items belong to: the call that has begun it, where that was in this turn.
func (c *converter) parent(thread string) *string {
	if call := c.spawns[thread]; call != nil {
		return &call.native
	}
	return nil
}

func (c *converter) start(item openapi.Item) {
	item.Status = openapi.ItemStatusInProgress
	c.emit(openapi.ItemStarted{Item: item})
}

func (c *converter) complete(item openapi.Item, status openapi.ItemStatus) {
	item.Status = status
	c.emit(openapi.ItemCompleted{Item: item})
}

// whole starts and completes an item in one.
func (c *converter) whole(item openapi.Item, status openapi.ItemStatus) {
	c.start(item)
	c.complete(item, status)
}
