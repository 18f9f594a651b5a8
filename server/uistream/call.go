package uistream

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// call is what a turn knows of a tool call.
type call struct {
	id, name, title string
	display         openapi.Display
	hidden          bool // not for people
	shown           bool // tool-input-start was said
	available       bool // and all of the input
	answered        bool
	failed          bool                // the call itself, not the tool
	input           strings.Builder     // the deltas that were said
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
func (t *turn) seeCall(it *item, in openapi.Item) {
	part := callPart(in)
	if it.call == nil && part.CallID != "" {
		it.call = t.callOf(part.CallID)
		it.call.hidden = it.call.hidden || it.hidden
	}
	if it.call != nil {
		it.call.display = cmp.Or(part.Display, it.call.display)
		it.call.hidden = it.call.hidden || part.Display == openapi.DisplayHidden
	}
	if it.call != nil && part.Name != "" {
		t.show(it.call, part.Name, part.Title, it.thread)
	}
}

// callPart is the part of an item that is a tool call.
func callPart(in openapi.Item) openapi.ToolCallPart {
	for _, c := range in.Content {
		if part, ok := c.Part.(openapi.ToolCallPart); ok {
			part.CallID = cmp.Or(part.CallID, in.ItemID)
			return part
		}
	}
	return openapi.ToolCallPart{}
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

// showsInput says whether people see more of a call than its name.
func (c *call) showsInput() bool {
	return c.display != openapi.DisplayName && c.display != openapi.DisplayTitle && c.display != openapi.DisplayHidden
}

// keepsResult says whether the result of a call is part of what is read later.
func (c *call) keepsResult() bool { return c.display == "" || c.display == openapi.DisplayStream }

// open says whether the input of a call is being shown.
func (c *call) open() bool { return c.shown && !c.available }

func (t *turn) inputDelta(c *call, delta string) {
	if c == nil || !c.open() || delta == "" {
		return
	}
	c.input.WriteString(delta)
	if c.showsInput() {
		t.say(openapi.UIEvent{Type: openapi.UIToolInputDelta, ToolCallID: c.id, InputTextDelta: delta})
	}
}

// completeCall shows the input of a call, with what its deltas have left out.
func (t *turn) completeCall(it *item, in openapi.Item) {
	t.seeCall(it, in)
	if it.call == nil {
		return
	}
	part := callPart(in)
	t.show(it.call, cmp.Or(part.Name, "tool"), part.Title, it.thread)
	it.call.failed = in.Status == openapi.ItemStatusFailed
	t.available(it.call, part.Arguments)
}

// available says that the input is whole.
func (t *turn) available(c *call, arguments string) {
	if !c.open() {
		return
	}
	t.inputDelta(c, rest(c.input.String(), []string{arguments}))
	c.available = true
	if !c.showsInput() {
		arguments = ""
	}
	t.say(openapi.UIEvent{Type: openapi.UIToolInputEnd, ToolCallID: c.id})
	t.say(openapi.UIEvent{Type: openapi.UIToolInputAvailable, ToolCallID: c.id, ToolName: c.name, Input: object(arguments)})
}

// heard are the arguments as far as they came, where they are whole.
func (c *call) heard() string {
	if arguments := c.input.String(); json.Valid([]byte(arguments)) {
		return arguments
	}
	return ""
}
