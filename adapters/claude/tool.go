package claude

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// call is a tool call.
type call struct {
	id     string
	native string // of its item
	name   string
	input  json.RawMessage // complete with the assistant line
}

func (c *converter) newCall(b *block) *call {
	call := &call{id: b.ID, native: c.nativeID(b.ID), name: cmp.Or(c.client[b.Name], b.Name)}
	c.calls[b.ID] = call
	return call
}

// path is the file that the tool was called for.
func (c *call) path() string {
	var input struct {
		FilePath     string `json:"file_path"`
		NotebookPath string `json:"notebook_path"`
	}
	_ = json.Unmarshal(c.input, &input) // without one there is no path
	return input.FilePath + input.NotebookPath
}

// user reads a line with results of tools. What else users say there is not theirs: notes of the program to the
// model, and the prompts of subagents.
func (c *converter) user(r *record) {
	var results []block
	for _, b := range r.Message.blocks() {
		if b.Type == "tool_result" {
			results = append(results, b)
		}
	}
	detail := r.ToolUseResult
	if len(results) > 1 { // it would not say of which
		detail = nil
	}
	for i := range results {
		c.toolResult(&results[i], detail, r.ParentToolUseID)
	}
}

// toolResult reads a result. detail is what the program itself knows of it, beside what it tells the model.
func (c *converter) toolResult(b *block, detail json.RawMessage, subagent string) {
	call := c.calls[b.ToolUseID]
	item := openapi.Item{
		NativeItemID: new(c.nativeID(b.ToolUseID + "/result")), ParentID: c.parent(subagent), Kind: openapi.ItemKindToolResult,
		Role: new(openapi.ItemRoleTool), Content: openapi.Parts(),
	}
	c.start(withParent(item, call))
	output, images := readOutput(b.Content)
	parts := []openapi.Part{openapi.ToolResultPart{CallID: b.ToolUseID, Output: output}}
	status := openapi.ItemStatusCompleted
	if b.IsError {
		status = openapi.ItemStatusFailed
	}
	if call != nil {
		parts = append(parts, call.more(b, output, images, detail)...)
	}
	item.Content = openapi.Parts(parts...)
	c.complete(withParent(item, call), status)
}

func withParent(item openapi.Item, call *call) openapi.Item {
	if call != nil {
		item.ParentID = &call.native
	}
	return item
}

// more is what a result says beyond its text.
func (c *call) more(b *block, output string, images []string, detail json.RawMessage) []openapi.Part {
	var parts []openapi.Part
	for _, mime := range images {
		if path := c.path(); path != "" {
			parts = append(parts, openapi.ImagePart{Path: path, Mime: &mime})
		}
	}
	if c.name == "Bash" {
		if exit := exitOf(b, output, detail); exit != nil {
			parts = append(parts, openapi.JSONPart{JSON: exit})
		}
	}
	if file := c.file(b, detail); file != nil {
		parts = append(parts, *file)
	}
	return parts
}

// readOutput gives the text of a result, and the types of the images in it. Images themselves are not kept: they are
// in the files that the agent read.
func readOutput(content json.RawMessage) (output string, images []string) {
	if output = stringOf(content); output != "" {
		return output, nil
	}
	var texts []string
	var blocks []block
	if json.Unmarshal(content, &blocks) != nil {
		return strings.Trim(string(content), `"`), nil
	}
	for _, b := range blocks {
		switch b.Type {
		case "text":
			texts = append(texts, b.Text)
		case "image":
			images = append(images, b.Source.MediaType)
			texts = append(texts, fmt.Sprintf("[image %s]", b.Source.MediaType))
		default:
			texts = append(texts, string(b.raw))
		}
	}
	return strings.Join(texts, "\n"), images
}

// exitOf says how a command ended, where the program tells: it writes the exit code of a failed one into its output.
func exitOf(b *block, output string, detail json.RawMessage) json.RawMessage {
	var command struct {
		ExitCode       *int   `json:"exit_code,omitempty"`
		Interrupted    bool   `json:"interrupted,omitempty"`
		BackgroundTask string `json:"backgroundTaskId,omitempty"`
	}
	_ = json.Unmarshal(detail, &command) // a failed command's is a text
	if code := 0; b.IsError {
		if n, _ := fmt.Sscanf(output, "Exit code %d\n", &code); n == 1 {
			command.ExitCode = &code
		}
	}
	if command.ExitCode == nil && !command.Interrupted && command.BackgroundTask == "" {
		return nil
	}
	exit, _ := json.Marshal(command) // cannot fail
	return exit
}

// plan shows the agent's list of things to do, which some versions keep by a tool.
func (c *converter) plan(call *call) {
	if call.name != "TodoWrite" {
		return
	}
	var input struct {
		Todos []struct{ Content, Status string }
	}
	_ = json.Unmarshal(call.input, &input) // no list, no item
	marks := map[string]string{"completed": "[x] ", "in_progress": "[>] "}
	var lines []string
	for _, t := range input.Todos {
		mark := marks[t.Status]
		if mark == "" {
			mark = "[ ] "
		}
		lines = append(lines, mark+t.Content)
	}
	if lines != nil {
		c.status("plan", strings.Join(lines, "\n"))
	}
}
