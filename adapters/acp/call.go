package acp

import (
	"cmp"
	"encoding/json"
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
