package amp

import (
	"errors"
	"fmt"

	"github.com/parleyhq/parley/openapi"
)

// converter turns the records of one turn into outputs. It is pure: no I/O, no clock, no lock. What it remembers between
// records is the turn so far, and which MCP servers were told of in the session.
type converter struct {
	out      []openapi.Output
	calls    map[string]string // the native ids of the turn's tool calls by their own
	used     map[string]int    // how often a native item id was wanted
	messages int
	spent    openapi.UsageUpdatedData
	answered bool // the agent has said its last message, though perhaps not its result
	stopped  bool // the program was asked to stop: what it then says of it is no failure

	servers []string          // the session's MCP servers
	told    map[string]string // the status under which a server was told of; lives as long as the session's agent
}

func newConverter(told map[string]string, servers ...string) *converter {
	return &converter{calls: map[string]string{}, used: map[string]int{}, told: told, servers: servers}
}

// ending is how a turn ended, as the program tells it.
type ending struct{ status openapi.TurnStatus }

// convert turns a record into outputs, which are good until the next call. raw goes with the last of them.
// The ending is nil until the turn has ended.
func (c *converter) convert(r *record, raw []byte) ([]openapi.Output, *ending) {
	c.out = c.out[:0]
	var end *ending
	switch r.Type {
	case "system":
		c.trouble(r.MCPServers)
	case "assistant":
		c.assistant(r)
	case "user":
		c.user(r)
	case "result":
		end = c.result(r)
	default:
		c.emit(unparsed(raw, errors.New("unknown type of line: "+r.Type)))
	}
	if len(c.out) > 0 {
		last := &c.out[len(c.out)-1]
		*last = withRaw(*last, raw)
	}
	return c.out, end
}

func (c *converter) emit(o openapi.Output) { c.out = append(c.out, o) }

// withRaw keeps a line with one output only, however many came from it: it is stored once.
func withRaw(o openapi.Output, raw []byte) openapi.Output {
	switch o := o.(type) {
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

// nativeID makes an id unique in the turn.
func (c *converter) nativeID(wanted string) string {
	c.used[wanted]++
	if n := c.used[wanted]; n > 1 {
		return fmt.Sprintf("%s#%d", wanted, n)
	}
	return wanted
}

// call gives the native id of a tool call's item, for items that belong to it.
func (c *converter) call(id string) *string {
	if native, ok := c.calls[id]; ok {
		return &native
	}
	return nil
}

// complete tells of an item, which comes as a whole.
func (c *converter) complete(item openapi.Item, status openapi.ItemStatus) {
	item.Status = status
	c.emit(openapi.ItemCompleted{Item: item})
}
