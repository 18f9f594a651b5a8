package uistream

import (
	"cmp"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// item is what a turn knows of an item.
type item struct {
	id           string
	kind         openapi.ItemKind
	hidden       bool // not for people
	done         bool
	thread       string // of a sub-agent; empty for the conversation itself
	responseType string // its text is JSON of this type
	call         *call  // of a tool call, once its id is known
	deltas       map[openapi.DeltaPart]*strings.Builder
	begun        map[openapi.DeltaPart]int // parts of the message that it has become
}

// see notes what a started or completed item says of itself.
func (t *turn) see(in openapi.Item) *item {
	it := t.items[in.ItemID]
	if it == nil {
		it = &item{
			id:     cmp.Or(in.ItemID, "item"),
			deltas: map[openapi.DeltaPart]*strings.Builder{},
			begun:  map[openapi.DeltaPart]int{},
		}
		t.items[in.ItemID] = it
	}
	it.kind = in.Kind
	it.hidden = in.Audience == openapi.AudienceModel || !spoken(in)
	it.thread = t.threadOf(in)
	for _, c := range in.Content {
		if text, ok := c.Part.(openapi.TextPart); ok && text.ResponseType != "" {
			it.responseType = text.ResponseType
		}
	}
	return it
}

// spoken tells the agent's own items. An item without a role is the agent's.
func spoken(in openapi.Item) bool {
	return in.Role == nil || *in.Role == openapi.ItemRoleAssistant || *in.Role == openapi.ItemRoleTool
}

// threadOf names the call that started the sub-agent whose item this is.
func (t *turn) threadOf(in openapi.Item) string {
	if in.ParentID == nil || in.Kind == openapi.ItemKindToolResult {
		return ""
	}
	if parent := t.items[*in.ParentID]; parent != nil && parent.call != nil {
		return parent.call.id
	}
	return ""
}

func (t *turn) startItem(in openapi.Item) {
	it := t.see(in)
	if it.kind == openapi.ItemKindToolCall {
		t.seeCall(it, in)
	}
}

func (t *turn) delta(d openapi.ItemDeltaData) {
	it := t.items[d.ItemID]
	if it == nil || it.done {
		return
	}
	part := d.Part
	if part == "" {
		part = openapi.DeltaPartText
	}
	switch {
	case it.kind == openapi.ItemKindToolCall && part == openapi.DeltaPartToolInput:
		t.inputDelta(it.call, d.Delta)
	case it.kind == openapi.ItemKindMessage && part != openapi.DeltaPartToolInput:
		it.heard(part).WriteString(d.Delta)
		t.write(it, part, it.responseType, d.Delta)
	}
}

func (t *turn) completeItem(in openapi.Item) {
	it := t.see(in)
	if it.done {
		return
	}
	switch it.kind {
	case openapi.ItemKindMessage:
		t.completeMessage(it, in)
	case openapi.ItemKindToolCall:
		t.completeCall(it, in)
	case openapi.ItemKindToolResult:
		t.answer(it, in)
	default: // notes, and what nobody knows
	}
	it.done, it.deltas = true, nil
}

// heard is what the deltas of a part add up to.
func (it *item) heard(part openapi.DeltaPart) *strings.Builder {
	if it.deltas[part] == nil {
		it.deltas[part] = &strings.Builder{}
	}
	return it.deltas[part]
}
