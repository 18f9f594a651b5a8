package codex

import (
	"cmp"
	"fmt"
	"time"

	"github.com/parleyhq/parley/openapi"
)

func (c *converter) itemStarted(p *params) {
	if p.Item == nil {
		return
	}
	k := key{p.ThreadID, p.Item.ID}
	switch _, isTool := tools[p.Item.Type]; {
	case isTool:
		c.beginCall(k, p.Item)
	case isText(p.Item):
		c.beginText(k, p.Item)
	}
}

func (c *converter) itemCompleted(p *params) {
	if p.Item == nil {
		return
	}
	k := key{p.ThreadID, p.Item.ID}
	switch _, isTool := tools[p.Item.Type]; {
	case isTool:
		c.completeCall(k, p.Item)
	case isText(p.Item):
		c.completeText(k, p.Item)
	case p.Item.Type == "userMessage":
		c.userMessage(p.ThreadID, p.Item)
	default:
		c.other(p.Item)
	}
}

func isText(i *item) bool {
	return i.Type == "agentMessage" || i.Type == "plan" || i.Type == "reasoning"
}

// userMessage shows a message that was sent into the turn, in its place. The one that has begun the turn is the session's
// to show, and what an agent tells a subagent is in its call. It may cut off what the model was saying.
func (c *converter) userMessage(thread string, i *item) {
	text, ok := c.steers[i.ClientID]
	if !ok {
		return
	}
	delete(c.steers, i.ClientID)
	c.cutTexts(thread)
	c.whole(openapi.Item{
		NativeItemID: new(c.nativeID(cmp.Or(i.ID, i.ClientID))), Kind: openapi.ItemKindMessage,
		Role: new(openapi.ItemRoleUser), Content: openapi.Parts(openapi.TextPart{Text: text}),
	}, openapi.ItemStatusCompleted)
}

// other reads the types of items that are notes on the turn's progress.
func (c *converter) other(i *item) {
	switch i.Type {
	case "contextCompaction":
		c.status("thread.compacted", "")
	case "subAgentActivity":
		c.status("subagent", joined(stringOf(i.Kind), i.AgentPath))
	case "sleep":
		c.status("sleep", (time.Duration(i.DurationMs) * time.Millisecond).String())
	case "enteredReviewMode", "exitedReviewMode":
		c.status("review", i.Review)
	case "hookPrompt":
		c.status("hook", "")
	default:
		c.unknown(i)
	}
}

// unknown keeps an item of a type that this version does not know.
func (c *converter) unknown(i *item) {
	raw := i.raw
	if len(raw) == 0 {
		raw = fmt.Appendf(nil, "{\"type\":%q}", i.Type)
	}
	c.whole(openapi.Item{
		NativeItemID: new(c.nativeID(cmp.Or(i.ID, "item"))), Kind: openapi.ItemKindUnknown,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(openapi.JSONPart{JSON: raw}),
	}, openapi.ItemStatusCompleted)
}
