package codex

import (
	"cmp"

	"github.com/parleyhq/parley/openapi"
)

// text is a message, a plan or thoughts while they come.
type text struct {
	thread   string
	native   string
	parent   *string
	segments []*segment // in the order in which they came
	started  bool
	done     bool
}

func (c *converter) newText(k key) *text {
	t := &text{thread: k.thread, native: c.nativeID(cmp.Or(k.item, "item")), parent: c.parent(k.thread)}
	c.texts[k] = t
	c.order = append(c.order, t)
	return t
}

// openText is the text that an item is about; a new one when the item is new, or comes again after its end.
func (c *converter) openText(k key) *text {
	if t := c.texts[k]; t != nil && !t.done {
		return t
	}
	return c.newText(k)
}

// beginText begins a message at once. Thoughts are begun with their first word: some have none.
func (c *converter) beginText(k key, i *item) {
	t := c.openText(k)
	if i.Type == "agentMessage" {
		c.startText(t)
	}
}

func (c *converter) startText(t *text) {
	if !t.started {
		t.started = true
		c.start(t.item())
	}
}

func (c *converter) delta(p *params, kind string, index int) {
	if p.Delta == "" {
		return
	}
	k := key{p.ThreadID, p.ItemID}
	if t := c.texts[k]; t != nil && t.done {
		return
	}
	t := c.openText(k)
	c.startText(t)
	if !t.goesOn(kind, index) {
		if t.segments = append(t.segments, newSegment(kind, index, "")); len(t.segments) > 1 {
			c.textDelta(t, kind, "\n")
		}
	}
	t.segments[len(t.segments)-1].text.WriteString(p.Delta)
	c.textDelta(t, kind, p.Delta)
}

func (c *converter) textDelta(t *text, kind, delta string) {
	var part openapi.DeltaPart
	if kind != textMessage {
		part = openapi.DeltaPartReasoning
	}
	c.emit(openapi.ItemDelta{NativeItemID: t.native, Part: part, Delta: delta})
}

// completeText ends an item with its final text. What is not what was streamed is said as an item of its own.
func (c *converter) completeText(k key, i *item) {
	if t := c.texts[k]; t != nil && t.done {
		return
	}
	t := c.openText(k)
	final := &text{native: t.native, parent: t.parent, segments: t.arranged(finalSegments(i))}
	switch {
	case !t.started && final.joined() == "" && i.Type != "agentMessage":
		t.done = true
	case !t.streamed():
		c.startText(t)
		c.endText(t, final)
	case final.joined() == t.joined():
		c.endText(t, final)
	default:
		t.close(c, turnEnd{})
		again := c.newText(k)
		final.native = again.native
		c.startText(again)
		c.endText(again, final)
	}
	if i.Type == "plan" && k.thread == c.thread {
		c.plan = i.Text
	}
}

func (c *converter) endText(t, final *text) {
	t.done = true
	c.complete(final.item(), openapi.ItemStatusCompleted)
}

// close implements closer: a text of which no more will come.
func (t *text) close(c *converter, _ turnEnd) {
	if t.started && !t.done {
		c.complete(t.item(), openapi.ItemStatusFailed)
	}
	t.done = true
}

// cutTexts completes what a thread was saying: the model begins anew.
func (c *converter) cutTexts(thread string) {
	for _, open := range c.order {
		if t, ok := open.(*text); ok && t.thread == thread {
			t.close(c, turnEnd{})
		}
	}
}

// item is the text's item with what has come.
func (t *text) item() openapi.Item {
	parts := make([]openapi.Part, len(t.segments))
	for n, s := range t.segments {
		switch s.kind {
		case textSummary:
			parts[n] = openapi.ReasoningPart{Text: s.text.String(), Visibility: openapi.ReasoningVisibilityPublic}
		case textThought:
			parts[n] = openapi.ReasoningPart{Text: s.text.String(), Visibility: openapi.ReasoningVisibilityPrivate}
		default:
			parts[n] = openapi.TextPart{Text: s.text.String()}
		}
	}
	return openapi.Item{
		NativeItemID: &t.native, ParentID: t.parent, Kind: openapi.ItemKindMessage,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(parts...),
	}
}
