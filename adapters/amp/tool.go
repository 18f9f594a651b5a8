package amp

import (
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// user reads a line with results of tools. Its texts are what the user has said, which the session has.
func (c *converter) user(r *record) {
	if r.Message == nil {
		return
	}
	for i := range r.Message.Content {
		if b := &r.Message.Content[i]; b.Type == "tool_result" {
			c.toolResult(b, r.ParentToolUseID)
		}
	}
}

func (c *converter) toolResult(b *block, subagent string) {
	parent := c.call(b.ToolUseID)
	if parent == nil {
		parent = c.call(subagent)
	}
	status := openapi.ItemStatusCompleted
	if b.IsError {
		status = openapi.ItemStatusFailed
	}
	c.complete(openapi.Item{
		NativeItemID: new(c.nativeID(b.ToolUseID + "/result")), ParentID: parent, Kind: openapi.ItemKindToolResult,
		Role: new(openapi.ItemRoleTool), Content: openapi.Parts(openapi.ToolResultPart{CallID: b.ToolUseID, Output: output(b.Content)}),
	}, status)
}

// output is the text of a result: one text, or several in blocks.
func output(content json.RawMessage) string {
	var blocks []block
	if json.Unmarshal(content, &blocks) != nil {
		if text := stringOf(content); text != "" {
			return text
		}
		return strings.Trim(string(content), `"`)
	}
	var texts []string
	for _, b := range blocks {
		switch b.Type {
		case "text":
			texts = append(texts, b.Text)
		case "image": // in a file that the agent has read
			texts = append(texts, "[image "+b.Source.MediaType+"]")
		default:
			texts = append(texts, string(b.raw))
		}
	}
	return strings.Join(texts, "\n")
}
