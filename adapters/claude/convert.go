package claude

import (
	"fmt"

	"github.com/parleyhq/parley/openapi"
)

// converter turns the records of one process into outputs. It is pure: no I/O, no clock, no lock. What it remembers
// between records is the turn so far, which begin forgets, the money spent, and which MCP servers were told of.
type converter struct {
	out     []openapi.Output
	streams map[string]*stream // the message that is coming, by the subagent that it is from; "" is the agent itself
	calls   map[string]*call   // the turn's tool calls by their ids
	used    map[string]int     // how often a native item id was wanted in this turn
	failed  bool               // a failure was told in this turn
	lost    bool               // a line of this turn was too long to be read
	message string             // the uuid of the message that the turn answers
	model   string
	spent   spending

	client   map[string]string // the client's names of its tools, by the program's
	servers  []string          // the session's MCP servers
	troubles []mcpStatus       // servers to be told of
	told     map[string]string // the status under which a server was told of
}

// newConverter is for one process; resumed says that it goes on with an earlier process's session. servers are the MCP
// servers that it was given.
func newConverter(resumed bool, servers ...string) *converter {
	c := &converter{spent: spending{known: !resumed}, servers: servers, told: map[string]string{}}
	c.begin("")
	return c
}

// begin starts a turn, which answers the message of the given uuid.
func (c *converter) begin(message string) {
	c.streams, c.calls, c.used = map[string]*stream{}, map[string]*call{}, map[string]int{}
	c.failed, c.lost, c.message = false, false, message
	c.spent.begin()
}

// convert turns a record into outputs, which are good until the next call. raw goes with the last of them.
// The ending is nil until the turn has ended.
func (c *converter) convert(r *record, raw []byte) ([]openapi.Output, *ending) {
	c.out = c.out[:0]
	var end *ending
	switch r.Type {
	case "stream_event":
		c.streamEvent(r)
	case "assistant":
		c.assistant(r)
	case "user":
		c.user(r)
	case "system":
		c.system(r)
	case "rate_limit_event":
		c.rateLimit(r)
	case "result":
		end = c.result(r)
	case "command_lifecycle":
		end = c.lifecycle(r)
	}
	if len(c.out) > 0 {
		last := &c.out[len(c.out)-1]
		*last = withRaw(*last, raw)
	}
	return c.out, end
}

// cut completes what is still open, for a process that died.
func (c *converter) cut() []openapi.Output {
	c.out = c.out[:0]
	c.closeStreams()
	return c.out
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
	case openapi.Usage:
		o.Raw = raw
		return o
	case openapi.Failure:
		o.Raw = raw
		return o
	}
	return o
}

// nativeID makes an id unique in the turn: a gateway may give every message the same id.
func (c *converter) nativeID(wanted string) string {
	c.used[wanted]++
	if n := c.used[wanted]; n > 1 {
		return fmt.Sprintf("%s#%d", wanted, n)
	}
	return wanted
}

// parent names the item that a subagent's items belong to.
func (c *converter) parent(subagent string) *string {
	if call := c.calls[subagent]; call != nil {
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
