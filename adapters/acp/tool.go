package acp

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// call is a tool call. It becomes two items: the call, and its result.
type call struct {
	id        string
	native    string // of the call's item
	parent    *string
	subagent  string
	name      string
	title     string
	kind      string
	input     json.RawMessage
	output    json.RawMessage
	contents  []toolContent
	changes   []change // the last that were told
	locations []location
	exit      *exit
	stage     stage
	result    string          // of the result's item; empty until it is begun
	streamed  strings.Builder // output that came bit by bit
	refused   bool            // the user does not permit it
}

// stage is how far a call's own item is.
type stage int

const (
	held  stage = iota // not begun: most agents announce a call before they know its input
	shown              // begun
	known              // completed: the input is final
	over               // the result is completed too
)

// exit is how a command ended.
type exit struct {
	ExitCode *int   `json:"exit_code,omitempty"`
	Signal   string `json:"signal,omitempty"`
}

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

// see takes in contents. Changes of files stay when later contents have none: some agents end with a mere "done".
func (call *call) see(contents []toolContent) {
	call.contents = contents
	var changes []change
	for _, content := range contents {
		if content.Type == "diff" && content.Path != "" {
			changes = append(changes, content.change)
		}
	}
	if changes != nil {
		call.changes = changes
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

func (call *call) item() openapi.Item {
	return openapi.Item{
		NativeItemID: &call.native, ParentID: call.parent, Kind: openapi.ItemKindToolCall, Role: new(openapi.ItemRoleAssistant),
		Content: openapi.Parts(openapi.ToolCallPart{Name: call.tool(), CallID: call.native, Arguments: call.arguments()}),
	}
}

// tool names the tool. Agents need not tell its name; they tell what kind of tool it is.
func (call *call) tool() string {
	kind := call.kind
	if kind == "other" {
		kind = ""
	}
	return cmp.Or(call.name, kind, call.title, "tool")
}

// arguments is the tool's input. Where an agent does not tell it, it is what the agent shows to people.
func (call *call) arguments() string {
	if said(call.input) {
		return string(call.input)
	}
	shown := object{}
	if call.title != "" {
		shown["title"] = call.title
	}
	if paths := call.paths(); len(paths) > 0 {
		shown["locations"] = paths
	}
	arguments, _ := json.Marshal(shown) // strings: cannot fail
	return string(arguments)
}

func (call *call) paths() []string {
	var paths []string
	for _, l := range call.locations {
		if l.Path != "" {
			paths = append(paths, l.Path)
		}
	}
	return paths
}

// said says whether a field was there.
func said(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
