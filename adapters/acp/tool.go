package acp

import (
	"cmp"
	"encoding/json"
	"regexp"

	"github.com/parleyhq/parley/openapi"
)

// toolCall reads the announcement of a call. An id that was used before, for a call that is over, is a new call.
func (c *converter) toolCall(u *update) {
	call := c.calls[u.ID]
	if call == nil || call.stage == over {
		call = c.newCall(&u.toolUpdate)
	}
	c.merge(call, &u.toolUpdate, u.Content)
	c.advance(call, u.Status)
}

// toolUpdate reads news of a call. An agent need not have announced it: Gemini CLI does not where it asks first.
func (c *converter) toolUpdate(u *update) {
	call := c.calls[u.ID]
	switch {
	case call == nil && c.past[u.ID], call != nil && call.stage == over:
		return
	case call == nil:
		call = c.newCall(&u.toolUpdate)
	}
	c.merge(call, &u.toolUpdate, u.Content)
	c.show(call)
	c.advance(call, u.Status)
}

// asked takes in what a permission request says of its call, whose input is then known.
func (c *converter) asked(t *toolUpdate, content json.RawMessage) *call {
	c.out = c.out[:0]
	call := c.calls[t.ID]
	if call == nil || call.stage == over {
		call = c.newCall(t)
	}
	c.merge(call, t, content)
	c.know(call)
	return call
}

// namedID is a call's id with the tool's name before it. Gemini CLI tells the name nowhere else.
var namedID = regexp.MustCompile(`^([a-z][a-z0-9_-]*)__.`)

func (c *converter) newCall(t *toolUpdate) *call {
	c.interlude(t.Meta.Claude.ParentToolUseID)
	call := &call{id: t.ID, native: c.nativeID(cmp.Or(t.ID, "call")), subagent: t.Meta.Claude.ParentToolUseID}
	if name := namedID.FindStringSubmatch(t.ID); name != nil {
		call.name = name[1]
	}
	c.calls[t.ID] = call
	c.order = append(c.order, call)
	return call
}

// merge takes in what an update says; what it leaves out stays.
func (c *converter) merge(call *call, t *toolUpdate, content json.RawMessage) {
	call.name = cmp.Or(t.Meta.Claude.ToolName, t.Name, call.name)
	call.title = cmp.Or(t.Title, call.title)
	call.kind = cmp.Or(t.Tool, call.kind)
	if said(t.Input) && string(t.Input) != "{}" {
		call.input = t.Input
	}
	if said(t.Output) {
		call.output = t.Output
	}
	if len(t.Locations) > 0 {
		call.locations = t.Locations
	}
	if said(content) {
		call.see(readContents(content))
	}
	if e := t.Meta.TerminalExit; e != nil {
		call.exit = &exit{e.ExitCode, e.Signal}
	}
	if o := t.Meta.TerminalOutput; o != nil && o.Data != "" {
		c.stream(call, o.Data)
	}
}

// advance brings a call's items to its status.
func (c *converter) advance(call *call, status string) {
	switch status {
	case "in_progress":
		c.know(call)
	case "completed":
		c.finish(call, openapi.ItemStatusCompleted)
	case "failed":
		c.finish(call, openapi.ItemStatusFailed)
	}
}

// show begins a call's item.
func (c *converter) show(call *call) {
	if call.stage == held {
		call.parent = c.parent(call.subagent)
		call.stage = shown
		c.start(call.item())
	}
}

// know completes a call's item.
func (c *converter) know(call *call) {
	c.show(call)
	if call.stage == shown {
		call.stage = known
		c.complete(call.item(), openapi.ItemStatusCompleted)
	}
}

// closeCall ends a call of which no more will come.
func (c *converter) closeCall(call *call, status openapi.ItemStatus) {
	if call.stage == over {
		return
	}
	if call.refused {
		status = openapi.ItemStatusFailed
	}
	c.finish(call, status)
}
