package opencode

import (
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// message is a message of the turn.
type message struct {
	info
	silent bool // the user's, or the program's own: its parts are no answer
}

// done says whether no more will come of the message.
func (m *message) done() bool { return m.silent || m.Time.Completed > 0 || m.Error != nil }

func (c *converter) message(m *info) {
	if m == nil || m.ID == "" || m.ID <= c.prompt {
		return
	}
	known := c.messages[m.ID]
	if known == nil {
		known = &message{}
		c.messages[m.ID] = known
		c.order = append(c.order, known)
	}
	known.info, known.silent = *m, m.Role != "assistant" || string(m.Summary) == "true"
	if m.SessionID == c.session && m.Role == "assistant" && (c.last == nil || m.ID > c.last.ID) {
		c.last = known
	}
}

// openPart is a part of a message and the item that it becomes.
type openPart struct {
	native  string // of its item
	message string // whose part it is
	kind    string // text, reasoning or tool
	parent  *string
	text    strings.Builder // what has been said
	started bool
	done    bool
	stale   bool // pieces of it were lost: what is missing is said at its end
	call    *call
}

// part reads a part as it is now. live says that every piece of it that came before has been read.
func (c *converter) part(p *part, live bool) {
	if p == nil || p.ID == "" {
		return
	}
	m := c.messages[p.MessageID]
	if m == nil || m.silent || p.Ignored {
		return
	}
	o := c.parts[p.ID]
	if o == nil {
		o = c.openPart(p)
	}
	switch {
	case o == nil || o.done:
	case o.kind == "tool":
		c.tool(o, p)
	case p.Time == nil || p.Time.End > 0:
		c.finish(o, p.Text)
	case !live:
		o.stale = true
	}
}

// openPart begins a part. It is nil for kinds that become no item.
func (c *converter) openPart(p *part) *openPart {
	switch p.Type {
	case "text", "reasoning", "tool":
	case "step-start", "step-finish", "snapshot", "patch", "agent", "retry", "compaction", "subtask", "file":
		return nil
	default:
		c.parts[p.ID] = &openPart{done: true}
		c.note(p.SessionID, "unknown part", p.Type)
		return nil
	}
	o := &openPart{native: c.nativeID(p.ID), message: p.MessageID, kind: p.Type, parent: c.family[p.SessionID]}
	c.parts[p.ID] = o
	c.opened = append(c.opened, o)
	return o
}

func (c *converter) delta(p *properties) {
	o := c.parts[p.PartID]
	if o == nil || o.done || o.stale || o.kind == "tool" || p.Field != "text" || p.Delta == "" {
		return
	}
	c.say(o, p.Delta)
}

// say adds to a part. Its item begins with its first word: models send empty texts too.
func (c *converter) say(o *openPart, text string) {
	if text == "" {
		return
	}
	if !o.started {
		o.started = true
		c.start(o.item(nil))
	}
	o.text.WriteString(text)
	part := openapi.DeltaPart("")
	if o.kind == "reasoning" {
		part = openapi.DeltaPartReasoning
	}
	c.emit(openapi.ItemDelta{NativeItemID: o.native, Part: part, Delta: text})
}

// finish completes a part with its whole text. What was said stays said, should a plugin have changed it meanwhile.
func (c *converter) finish(o *openPart, whole string) {
	if rest, ok := strings.CutPrefix(whole, o.text.String()); ok {
		c.say(o, rest)
	}
	o.done = true
	if o.started {
		c.complete(o.item(o.content()), openapi.ItemStatusCompleted)
	}
}

// fail completes parts of which no more will come.
func (c *converter) fail(parts []*openPart) {
	for _, o := range parts {
		if o.done {
			continue
		}
		o.done = true
		if o.call != nil {
			c.completeCall(o, openapi.ItemStatusFailed)
		} else if o.started {
			c.complete(o.item(o.content()), openapi.ItemStatusFailed)
		}
	}
}

func (o *openPart) content() openapi.Part {
	if o.kind == "reasoning" {
		return openapi.ReasoningPart{Text: o.text.String(), Visibility: openapi.ReasoningVisibilityPublic}
	}
	return openapi.TextPart{Text: o.text.String()}
}

// item is the item of a text or a thought. Without a part it is the one that begins it.
func (o *openPart) item(part openapi.Part) openapi.Item {
	item := openapi.Item{
		NativeItemID: &o.native, ParentID: o.parent, Kind: openapi.ItemKindMessage,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(),
	}
	if part != nil {
		item.Content = openapi.Parts(part)
	}
	return item
}
