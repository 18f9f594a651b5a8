package codex

import (
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// maxLive bounds how much of a command's output is shown while it runs; its result has the rest.
const maxLive = 256 << 10

// live is the output of a command while it runs. It is a status item of its own, for people to watch: the program tells
// what is printed only after the command has run for a moment, so it is a part of the result and does not add up to it.
type live struct {
	item   openapi.Item
	output strings.Builder
}

// text is the output; none of nothing.
func (l *live) text() string {
	if l == nil {
		return ""
	}
	return l.output.String()
}

func (c *converter) outputDelta(p *params) {
	call := c.calls[key{p.ThreadID, p.ItemID}]
	if call == nil || call.done || p.Delta == "" {
		return
	}
	if call.live == nil {
		call.live = &live{item: openapi.Item{
			NativeItemID: new(c.nativeID(call.native + "/output")), ParentID: &call.native, Kind: openapi.ItemKindStatus,
			Role: new(openapi.ItemRoleTool), Content: openapi.Parts(openapi.StatusPart{Label: "output"}),
		}}
		c.start(call.live.item)
	}
	if call.live.output.Len()+len(p.Delta) > maxLive {
		return
	}
	call.live.output.WriteString(p.Delta)
	c.emit(openapi.ItemDelta{NativeItemID: *call.live.item.NativeItemID, Delta: p.Delta})
}

func (c *converter) endLive(call *call) {
	if call.live == nil {
		return
	}
	item := call.live.item
	item.Content = openapi.Parts(openapi.StatusPart{Label: "output"}, openapi.TextPart{Text: call.live.text()})
	c.complete(item, openapi.ItemStatusCompleted)
}
