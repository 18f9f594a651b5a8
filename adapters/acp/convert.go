package acp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// converter turns the updates of one process into outputs. It is pure: no I/O, no clock, no lock. What it remembers between
// updates is the turn so far, which begin forgets, the money spent, and the calls of earlier turns.
type converter struct {
	out     []openapi.Output
	lanes   map[string]*message // the message that is coming, by the subagent that it is from; "" is the agent itself
	calls   map[string]*call    // the turn's tool calls by their ids
	order   []*call             // as they came
	past    map[string]bool     // calls of earlier turns: what comes late of them belongs nowhere
	used    map[string]int      // how often a native item id was wanted in this turn
	unknown map[string]bool     // what was kept as unparsed in this turn
	mode    string              // the agent's mode, as far as it was told
	spent   spending
}

func newConverter() *converter {
	c := &converter{past: map[string]bool{}, calls: map[string]*call{}}
	c.begin()
	return c
}

// begin starts a turn.
func (c *converter) begin() {
	for id := range c.calls {
		c.past[id] = true
	}
	c.lanes, c.calls, c.order = map[string]*message{}, map[string]*call{}, nil
	c.used, c.unknown = map[string]int{}, map[string]bool{}
	c.spent.begin()
}

// convert turns an update into outputs, which are good until the next call. raw goes with the last of them.
func (c *converter) convert(u *update, raw []byte) []openapi.Output {
	c.out = c.out[:0]
	switch u.Kind {
	case "agent_message_chunk":
		c.chunk(u, kindMessage)
	case "agent_thought_chunk":
		c.chunk(u, kindThought)
	case "tool_call":
		c.toolCall(u)
	case "tool_call_update":
		c.toolUpdate(u)
	case "plan":
		c.plan(u.Entries)
	case "current_mode_update":
		c.modeChanged(u.Mode)
	case "usage_update":
		c.spent.update(u)
	case "user_message_chunk", "available_commands_update", "config_option_update", "session_info_update":
		// The user's message is the session's to tell; the others are for an editor's menus.
	default:
		c.once("update of the unknown kind "+u.Kind, raw)
	}
	return c.sign(raw)
}

// sign puts the agent's own line to the last output: it is stored once, however many came of it.
func (c *converter) sign(raw []byte) []openapi.Output {
	if len(c.out) > 0 {
		last := &c.out[len(c.out)-1]
		*last = withRaw(*last, raw)
	}
	return c.out
}

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

// cut completes what is still open, for a turn that was broken off.
func (c *converter) cut() []openapi.Output {
	c.out = c.out[:0]
	c.close(openapi.ItemStatusFailed)
	return c.out
}

// close completes what is still open.
func (c *converter) close(status openapi.ItemStatus) {
	for _, lane := range slices.Sorted(maps.Keys(c.lanes)) {
		c.closeMessage(lane, status)
	}
	for _, call := range c.order {
		c.closeCall(call, status)
	}
}

func (c *converter) emit(o openapi.Output) { c.out = append(c.out, o) }

// nativeID makes an id unique in the turn.
func (c *converter) nativeID(wanted string) string {
	for {
		c.used[wanted]++
		n := c.used[wanted]
		if n == 1 {
			return wanted
		}
		wanted = fmt.Sprintf("%s#%d", wanted, n)
	}
}

// parent names the item that a subagent's items belong to.
func (c *converter) parent(subagent string) *string {
	if call := c.calls[subagent]; call != nil && call.stage > held {
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
