package acp

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// The kinds of messages.
const (
	kindMessage = "message"
	kindThought = "thought"
)

// message is a message, or a thought, that comes in chunks. Chunks follow each other: what else the agent does ends it.
type message struct {
	kind   string
	id     string // the agent's own; empty where it gives none
	native string
	parent *string
	text   strings.Builder
}

// modeText is how Gemini CLI tells a change of its mode: as a message of its own.
var modeText = regexp.MustCompile(`^\[MODE_UPDATE\] (\S+)$`)

func (c *converter) chunk(u *update, kind string) {
	text := readBlock(u.Content).words()
	if text == "" {
		return
	}
	if mode := modeText.FindStringSubmatch(text); mode != nil && kind == kindMessage {
		c.modeChanged(mode[1])
		return
	}
	m := c.message(u, kind)
	m.text.WriteString(text)
	c.emit(openapi.ItemDelta{NativeItemID: m.native, Part: m.deltaPart(), Delta: text})
}

// message gives the message that a chunk belongs to, and begins it where it is a new one.
func (c *converter) message(u *update, kind string) *message {
	lane := u.Meta.Claude.ParentToolUseID
	if m := c.lanes[lane]; m != nil && m.kind == kind && m.id == u.MessageID {
		return m
	}
	c.interlude(lane)
	name := cmp.Or(u.MessageID, kind)
	if kind == kindThought && u.MessageID != "" {
		name += "/" + kind
	}
	m := &message{kind: kind, id: u.MessageID, native: c.nativeID(name), parent: c.parent(lane)}
	c.lanes[lane] = m
	c.start(m.item(false))
	return m
}

// interlude ends the message that is coming and shows the calls that were held back: something else begins.
func (c *converter) interlude(lane string) {
	c.closeMessage(lane, openapi.ItemStatusCompleted)
	for _, call := range c.order {
		c.show(call)
	}
}

func (c *converter) closeMessage(lane string, status openapi.ItemStatus) {
	if m := c.lanes[lane]; m != nil {
		delete(c.lanes, lane)
		c.complete(m.item(true), status)
	}
}

func (m *message) deltaPart() openapi.DeltaPart {
	if m.kind == kindThought {
		return openapi.DeltaPartReasoning
	}
	return ""
}

func (m *message) item(whole bool) openapi.Item {
	item := openapi.Item{
		NativeItemID: &m.native, ParentID: m.parent, Kind: openapi.ItemKindMessage,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(),
	}
	switch {
	case !whole:
	case m.kind == kindThought:
		item.Content = openapi.Parts(openapi.ReasoningPart{Text: m.text.String(), Visibility: openapi.ReasoningVisibilityPublic})
	default:
		item.Content = openapi.Parts(openapi.TextPart{Text: m.text.String()})
	}
	return item
}
