package opencode

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// call is a tool call.
type call struct {
	id        string
	name      string
	input     json.RawMessage
	completed bool // its item; the result may be still to come
}

// toolDetail is what the tools tell of what they have done, beside what the model gets.
type toolDetail struct {
	Exit      *int   `json:"exit"`      // of bash
	Diff      string `json:"diff"`      // of edit
	FilePath  string `json:"filepath"`  // of write
	Exists    *bool  `json:"exists"`    // of write: whether there was such a file
	SessionID string `json:"sessionId"` // of task: the subagent's session
	Files     []struct {
		FilePath string `json:"filePath"`
		MovePath string `json:"movePath"`
		Type     string `json:"type"` // add, update, delete or move
		Patch    string `json:"patch"`
	} `json:"files"` // of apply_patch
}

func (s *toolState) detail() (d toolDetail) {
	_ = json.Unmarshal(s.Metadata, &d) // what is missing is left out
	return d
}

// tool reads a call as it is now.
func (c *converter) tool(o *openPart, p *part) {
	if o.call == nil {
		o.call = &call{id: p.CallID, name: cmp.Or(c.client[p.Tool], p.Tool)}
	}
	if !o.started {
		o.started = true
		c.start(o.callItem())
	}
	if input := p.State.Input; len(input) > 0 && json.Valid(input) {
		o.call.input = input
	}
	detail := p.State.detail()
	if child := detail.SessionID; child != "" && child != c.session {
		c.family[child] = &o.native
	}
	switch p.State.Status {
	case "running":
		c.completeCall(o, openapi.ItemStatusCompleted)
	case "completed", "error":
		c.completeCall(o, openapi.ItemStatusCompleted)
		c.toolResult(o, &p.State, detail)
	}
}

func (c *converter) completeCall(o *openPart, status openapi.ItemStatus) {
	if !o.call.completed {
		o.call.completed = true
		c.complete(o.callItem(), status)
	}
}

// callItem is the item of a call, with its input as far as it is known.
func (o *openPart) callItem() openapi.Item {
	arguments := string(o.call.input)
	if arguments == "" {
		arguments = "{}"
	}
	return openapi.Item{
		NativeItemID: &o.native, ParentID: o.parent, Kind: openapi.ItemKindToolCall, Role: new(openapi.ItemRoleAssistant),
		Content: openapi.Parts(openapi.ToolCallPart{Name: o.call.name, CallID: o.call.id, Arguments: arguments}),
	}
}

func (c *converter) toolResult(o *openPart, s *toolState, detail toolDetail) {
	o.done = true
	item := openapi.Item{
		NativeItemID: new(c.nativeID(o.native + "/result")), ParentID: &o.native, Kind: openapi.ItemKindToolResult,
		Role: new(openapi.ItemRoleTool), Content: openapi.Parts(),
	}
	c.start(item)
	parts := []openapi.Part{openapi.ToolResultPart{CallID: o.call.id, Output: s.Output}}
	status := openapi.ItemStatusCompleted
	if s.Status == "error" {
		parts[0] = openapi.ToolResultPart{CallID: o.call.id, Output: s.Error}
		status = openapi.ItemStatusFailed
	} else {
		parts = append(parts, o.call.files(detail)...)
	}
	parts = append(parts, o.call.images(s)...)
	if detail.Exit != nil && *detail.Exit != 0 {
		exit, _ := json.Marshal(map[string]int{"exit_code": *detail.Exit}) // cannot fail
		parts, status = append(parts, openapi.JSONPart{JSON: exit}), openapi.ItemStatusFailed
	}
	item.Content = openapi.Parts(parts...)
	c.complete(item, status)
}

// images are the pictures that a tool has shown the model. They themselves are not kept: they are in the files that were read.
func (c *call) images(s *toolState) []openapi.Part {
	var parts []openapi.Part
	for _, a := range s.Attachments {
		path := c.path()
		if path == "" {
			path = a.Filename
		}
		if path != "" && strings.HasPrefix(a.Mime, "image/") {
			parts = append(parts, openapi.ImagePart{Path: path, Mime: &a.Mime})
		}
	}
	return parts
}

// path is the file that the tool was called for.
func (c *call) path() string {
	var input struct {
		FilePath string `json:"filePath"`
	}
	_ = json.Unmarshal(c.input, &input) // without one there is no path
	return input.FilePath
}
