package uistream

import (
	"cmp"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// call is what a turn knows of a tool call.
type call struct {
	id, name, title string
	hidden          bool // not for people
	shown           bool // tool-input-start was said
	available       bool // and all of the input
	answered        bool
	failed          bool                // before it was made
	request         *openapi.UIToolCall // what the client has to execute; nil for a tool of the agent's own
}

// callOf finds a call by its id, or notes a new one.
func (t *turn) callOf(id string) *call {
	c := t.calls[id]
	if c == nil {
		c = &call{id: id}
		t.calls[id] = c
		t.order = append(t.order, c)
	}
	return c
}

// seeCall notes what an item says of its call, and shows the call as soon as its name is known.
func (t *turn) seeCall(it *item, in openapi.Item) (openapi.ToolCallPart, bool) {
	for _, p := range in.Content {
		part, ok := p.Part.(openapi.ToolCallPart)
		if !ok {
			continue
		}
		if it.call == nil {
			it.call = t.callOf(cmp.Or(part.CallID, it.id))
			it.call.hidden = it.call.hidden || it.hidden
		}
		if part.Name != "" {
			t.show(it.call, part.Name, part.Title, it.thread)
		}
		return part, true
	}
	return openapi.ToolCallPart{}, false
}

// show says that a call begins.
func (t *turn) show(c *call, name, title, thread string) {
	if c.hidden || c.shown {
		return
	}
	c.shown, c.name, c.title = true, name, title
	t.inBlock(thread)
	t.say(openapi.UIEvent{Type: openapi.UIToolInputStart, ToolCallID: c.id, ToolName: name, Title: title})
}

// inputDelta shows a piece of the input. What came before the call's name comes at its end.
func (t *turn) inputDelta(it *item, delta string) {
	if c := it.call; c != nil && c.open() && delta != "" {
		t.say(openapi.UIEvent{Type: openapi.UIToolInputDelta, ToolCallID: c.id, InputTextDelta: delta})
		return
	}
	it.late.WriteString(delta)
}

// completeCall shows the input of a call, with what its deltas have left out.
func (t *turn) completeCall(it *item, in openapi.Item) {
	part, ok := t.seeCall(it, in)
	if !ok {
		return
	}
	c := it.call
	c.failed = in.Status == openapi.ItemStatusFailed
	if t.show(c, cmp.Or(part.Name, "tool"), part.Title, it.thread); c.open() {
		heard := it.heard(openapi.DeltaPartToolInput).String()
		said := strings.TrimSuffix(heard, it.late.String())
		more := cmp.Or(rest(said, []string{part.Arguments}), "")
		t.inputDelta(it, more)
	}
	t.available(c, part.Arguments)
}

// open says whether the input of a call is being shown.
func (c *call) open() bool { return c.shown && !c.available }

// available says that the input is whole.
func (t *turn) available(c *call, arguments string) {
	if !c.open() {
		return
	}
	c.available = true
	t.say(openapi.UIEvent{Type: openapi.UIToolInputEnd, ToolCallID: c.id})
	t.say(openapi.UIEvent{Type: openapi.UIToolInputAvailable, ToolCallID: c.id, ToolName: c.name, Input: object(arguments)})
}
