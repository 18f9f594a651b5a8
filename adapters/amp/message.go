package amp

import (
	"cmp"
	"fmt"

	"github.com/parleyhq/parley/openapi"
)

// assistant reads a message of the agent, or of a subagent.
func (c *converter) assistant(r *record) {
	if r.Message == nil {
		return
	}
	c.messages++
	c.spend(r.Message.Usage)
	c.spent.Model = cmp.Or(r.Message.Model, c.spent.Model)
	if r.ParentToolUseID == "" {
		c.answered = r.Message.StopReason == "end_turn"
	}
	id := cmp.Or(r.Message.ID, fmt.Sprintf("message_%d", c.messages))
	for i := range r.Message.Content {
		c.block(&r.Message.Content[i], fmt.Sprintf("%s/%d", id, i), c.call(r.ParentToolUseID))
	}
}

// block makes an item of a piece of a message.
func (c *converter) block(b *block, id string, parent *string) {
	item := openapi.Item{ParentID: parent, Kind: openapi.ItemKindMessage, Role: new(openapi.ItemRoleAssistant)}
	switch b.Type {
	case "text":
		item.Content = openapi.Parts(openapi.TextPart{Text: b.Text})
	case "thinking":
		item.Content = openapi.Parts(openapi.ReasoningPart{Text: b.Thinking, Visibility: openapi.ReasoningVisibilityPublic})
	case "redacted_thinking":
		return
	case "tool_use":
		id = cmp.Or(b.ID, id)
		item.Kind, item.Content = openapi.ItemKindToolCall, openapi.Parts(b.call())
	default:
		item.Kind, item.Content = openapi.ItemKindUnknown, openapi.Parts(openapi.JSONPart{JSON: b.raw})
	}
	id = c.nativeID(id)
	if b.Type == "tool_use" && b.ID != "" {
		c.calls[b.ID] = id
	}
	item.NativeItemID = &id
	c.complete(item, openapi.ItemStatusCompleted)
}

func (b *block) call() openapi.ToolCallPart {
	input := string(b.Input)
	if input == "" {
		input = "{}"
	}
	return openapi.ToolCallPart{Name: b.Name, CallID: b.ID, Arguments: input}
}
