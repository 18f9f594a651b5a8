package claude

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// kind is the kind of item that a block becomes while it comes: text, thinking, tool_use, or empty when it becomes
// one only as a whole.
func (b *block) kind() string {
	switch b.Type {
	case "text", "thinking":
		return b.Type
	case "tool_use", "server_tool_use", "mcp_tool_use":
		return "tool_use"
	}
	return ""
}

// assistant reads a line of the agent. There is one for each finished block of a message that streams, and one for a
// whole message where the program gave up streaming.
func (c *converter) assistant(r *record) {
	s := c.stream(r.ParentToolUseID)
	if r.Message == nil {
		return
	}
	if r.APIError || len(r.Error) > 0 && string(r.Error) != "null" {
		c.closeStream(s)
		c.apiFailure(r)
		return
	}
	if id := cmp.Or(r.Message.ID, "message"); id != s.id {
		c.beginMessage(s, r.Message)
	}
	for _, content := range r.Message.blocks() {
		c.finish(s, &content, r)
	}
}

// finish completes the item of a block with the block's final content.
func (c *converter) finish(s *stream, content *block, r *record) {
	kind := content.kind()
	if kind == "" {
		c.other(s, content, r)
		return
	}
	b := s.find(func(b *openBlock) bool { return b.kind == kind && (b.call == nil || b.call.id == content.ID) })
	if b == nil {
		b = c.beginBlock(s, s.seen, content, r.ParentToolUseID)
	}
	b.done = true
	final, status := content.Text, openapi.ItemStatusCompleted
	switch kind {
	case "thinking":
		final = cmp.Or(content.Thinking, b.text.String())
		if final == "" {
			return
		}
	case "tool_use":
		final, b.call.input = string(content.Input), content.Input
		if r.Aborted {
			status = openapi.ItemStatusFailed
		}
	}
	c.startBlock(b)
	c.complete(b.item(b.part(final)), status)
	if b.call != nil {
		c.plan(b.call)
	}
}

// other reads the kinds of blocks that come as a whole.
func (c *converter) other(s *stream, content *block, r *record) {
	// The place was taken at content_block_start when the message streams.
	place := s.find(func(b *openBlock) bool { return b.kind == "" })
	if place == nil {
		place = c.beginBlock(s, s.seen, content, r.ParentToolUseID)
	}
	place.done = true
	switch {
	case content.Type == "redacted_thinking":
	case strings.HasSuffix(content.Type, "_tool_result"):
		c.toolResult(content, nil, r.ParentToolUseID)
	default:
		c.whole(openapi.Item{
			NativeItemID: &place.native, ParentID: place.parent, Kind: openapi.ItemKindUnknown,
			Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(openapi.JSONPart{JSON: content.raw}),
		}, openapi.ItemStatusCompleted)
	}
}

// part is the block's content as it is known.
func (b *openBlock) part(text string) openapi.Part {
	switch b.kind {
	case "thinking":
		return openapi.ReasoningPart{Text: text, Visibility: openapi.ReasoningVisibilityPublic}
	case "tool_use":
		if !json.Valid([]byte(text)) {
			text = "{}" // cut off; the deltas have what came
		}
		return openapi.ToolCallPart{Name: b.call.name, CallID: b.call.id, Arguments: text}
	}
	return openapi.TextPart{Text: text}
}

// item is the block's item. Without a part it is the one that begins it.
func (b *openBlock) item(part openapi.Part) openapi.Item {
	item := openapi.Item{
		NativeItemID: &b.native, ParentID: b.parent, Kind: openapi.ItemKindMessage,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(),
	}
	if b.kind == "tool_use" {
		item.Kind = openapi.ItemKindToolCall
		if part == nil {
			part = b.part("{}")
		}
	}
	if part != nil {
		item.Content = openapi.Parts(part)
	}
	return item
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
