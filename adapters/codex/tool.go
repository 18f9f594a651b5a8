package codex

import (
	"cmp"

	"github.com/parleyhq/parley/openapi"
)

// call is a tool call: a command, a change of files, a tool of a server, a search.
type call struct {
	item   *item             // as it was told last
	native string            // of its own item, and the name of the call
	client map[string]string // the client's names of its tools
	parent *string           // of a subagent's
	live   *live             // its output so far
	said   bool              // the call is complete, its result may be open
	done   bool
}

// tools are the types of items that are tool calls: what each is called, its input, and what it gave.
var tools = map[string]struct {
	name   func(*item) string
	input  func(*item) any
	result func(*item) []openapi.Part
}{
	"commandExecution":    {named("commandExecution"), commandInput, commandResult},
	"fileChange":          {named("fileChange"), func(i *item) any { return map[string]any{"changes": changes(i.Changes)} }, fileResult},
	"mcpToolCall":         {func(i *item) string { return mcpToolName(i.Server, i.Tool) }, arguments, mcpResult},
	"dynamicToolCall":     {func(i *item) string { return i.Tool }, arguments, contentResult},
	"functionCallOutput":  {func(i *item) string { return i.Name }, arguments, functionResult},
	"collabAgentToolCall": {func(i *item) string { return i.Tool }, agentInput, agentResult},
	"webSearch":           {named("web_search"), searchInput, searchResult},
	"imageView":           {named("view_image"), func(i *item) any { return map[string]any{"path": i.Path} }, imageResult},
	"imageGeneration":     {named("image_generation"), func(i *item) any { return map[string]any{"prompt": i.RevisedPrompt} }, imageResult},
}

func named(name string) func(*item) string { return func(*item) string { return name } }

// mcpToolName is the name that the model knows a server's tool by.
func mcpToolName(server, tool string) string { return "mcp__" + server + "__" + tool }

// late are the types whose input is known only at their end.
var late = map[string]bool{"webSearch": true, "imageGeneration": true}

// openCall is the call that an item is; a new one when the item is new, or comes again after its end.
func (c *converter) openCall(k key, i *item) *call {
	if known := c.calls[k]; known != nil && !known.done {
		known.item = i
		return known
	}
	call := &call{item: i, client: c.client, native: c.nativeID(cmp.Or(k.item, "call")), parent: c.parent(k.thread)}
	c.calls[k] = call
	c.order = append(c.order, call)
	c.start(call.asked("{}"))
	return call
}

func (c *converter) beginCall(k key, i *item) {
	call := c.openCall(k, i)
	if !late[i.Type] {
		c.sayCall(call)
	}
}

// sayCall completes the item of the call itself.
func (c *converter) sayCall(call *call) {
	if call.said {
		return
	}
	call.said = true
	input := encode(tools[call.item.Type].input(call.item))
	c.complete(call.asked(string(input)), openapi.ItemStatusCompleted)
}

// asked is the item of the call.
func (k *call) asked(input string) openapi.Item {
	name := cmp.Or(tools[k.item.Type].name(k.item), k.item.Type)
	part := openapi.ToolCallPart{Name: cmp.Or(k.client[name], name), CallID: k.native, Arguments: input}
	return openapi.Item{
		NativeItemID: &k.native, ParentID: k.parent, Kind: openapi.ItemKindToolCall,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(part),
	}
}

// completeCall says what a call gave.
func (c *converter) completeCall(k key, i *item) {
	if known := c.calls[k]; known != nil && known.done {
		return
	}
	call := c.openCall(k, i)
	c.sayCall(call)
	for _, thread := range i.Receivers {
		c.spawns[thread] = call
	}
	status := openapi.ItemStatusCompleted
	if failed(i) {
		status = openapi.ItemStatusFailed
	}
	c.sayResult(call, tools[i.Type].result(i), status)
}

// failed says that an item came to nothing. A command that ends with another code than 0 has failed.
func failed(i *item) bool { return i.Status == "failed" || i.Status == "declined" || i.Error != nil }

func (c *converter) sayResult(call *call, parts []openapi.Part, status openapi.ItemStatus) {
	call.done = true
	c.endLive(call)
	result, ok := parts[0].(openapi.ToolResultPart)
	if ok {
		result.CallID = call.native
		parts[0] = result
	}
	item := openapi.Item{
		NativeItemID: new(c.nativeID(call.native + "/result")), ParentID: &call.native, Kind: openapi.ItemKindToolResult,
		Role: new(openapi.ItemRoleTool), Content: openapi.Parts(),
	}
	c.start(item)
	item.Content = openapi.Parts(parts...)
	c.complete(item, status)
}

// close implements closer. A command may outlive the turn that it was started in; any other call was cut off.
func (k *call) close(c *converter, end turnEnd) {
	if k.done {
		return
	}
	c.sayCall(k)
	status := openapi.ItemStatusFailed
	result := []openapi.Part{openapi.ToolResultPart{Output: k.live.text()}}
	if end.Status == openapi.TurnStatusCompleted && k.item.Type == "commandExecution" {
		status = openapi.ItemStatusCompleted
		result = append(result, jsonPart(map[string]any{"running": true, "process_id": k.item.ProcessID}))
	}
	c.sayResult(k, result, status)
}
