package session

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// A call of a client tool comes twice from a coding agent: as an item of its turn, and as a request to the tool server. They
// are brought together here, so that readers see one call. The item comes first, but on another way.

// itemPatience is how long a call waits for its item. An agent that tells nothing of the call gets it executed all the same.
const itemPatience = time.Second

// toldCall is a tool call as its item has it.
type toldCall struct {
	native   string // the item's
	id, name string
	args     string
	taken    bool // its request has come
}

// told notes what an item says of a tool call, and lets go on what waited for it.
func (o *owner) told(out openapi.Output) {
	if len(o.data.ClientTools) == 0 {
		return
	}
	switch out := out.(type) {
	case openapi.ItemStarted:
		o.turn.tellCall(out.Item)
	case openapi.ItemCompleted:
		o.turn.tellCall(out.Item)
	default:
		return
	}
	for _, a := range slices.Clone(o.turn.early) {
		o.retry(a)
	}
}

// tellCall keeps the calls that have no result yet.
func (t *turn) tellCall(item openapi.Item) {
	for _, c := range item.Content {
		switch p := c.Part.(type) {
		case openapi.ToolCallPart:
			call := t.call(p.CallID)
			call.native, call.name, call.args = key(item.NativeItemID), p.Name, p.Arguments
		case openapi.ToolResultPart:
			t.calls = slices.DeleteFunc(t.calls, func(c *toldCall) bool { return c.id == p.CallID })
		}
	}
}

func (t *turn) call(id string) *toldCall {
	if i := slices.IndexFunc(t.calls, func(c *toldCall) bool { return c.id == id }); i >= 0 {
		return t.calls[i]
	}
	c := &toldCall{id: id}
	t.calls = append(t.calls, c)
	return c
}

// early says whether a call has to wait for its item, and lets it wait. Otherwise it belongs to its item from now on.
func (o *owner) early(a *asked) bool {
	if a.tool == nil || a.tool.Source != openapi.ToolSourceAgent || a.item != "" || len(o.data.ClientTools) == 0 || a.late {
		return false
	}
	same := func(c *toldCall) bool { return c.name == a.tool.Name && sameJSON(c.args, a.tool.Arguments) }
	if o.link(a, same) {
		return false
	}
	t := o.turn
	t.early = append(t.early, a)
	time.AfterFunc(itemPatience, func() { _ = t.put(entry{overdue: a}) }) // refused when the turn is over, and the call with it
	return true
}

// retry looks again for the item of a call that waits for it.
func (o *owner) retry(a *asked) {
	o.turn.early = slices.DeleteFunc(o.turn.early, func(e *asked) bool { return e == a })
	o.ask(a)
}

// overdue lets a call go on without an item that is the same to the letter.
func (o *owner) overdue(a *asked) {
	if !slices.Contains(o.turn.early, a) {
		return
	}
	a.late = true
	o.link(a, func(c *toldCall) bool { return c.name == a.tool.Name })
	o.retry(a)
}

// link gives a call to the first item that fits and has none. The item's id of the call becomes the call's.
func (o *owner) link(a *asked, fits func(*toldCall) bool) bool {
	t := o.turn
	i := slices.IndexFunc(t.calls, func(c *toldCall) bool { return !c.taken && fits(c) && o.w.state.find(c.id, toolKind) < 0 })
	if i < 0 {
		return false
	}
	t.calls[i].taken = true
	a.item, a.tool.ToolCallID = t.calls[i].native, t.calls[i].id
	return true
}

func sameJSON(a string, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
