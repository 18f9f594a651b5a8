package uistream

import (
	"strconv"

	"github.com/parleyhq/parley/openapi"
)

// prose is a text or a reasoning that is being written. There is never more than one: clients keep no more.
type prose struct {
	item *item
	part openapi.DeltaPart // text or reasoning
	id   string
}

// proseTypes are the UI events of the parts that prose has.
var proseTypes = map[openapi.DeltaPart]struct{ start, delta, end string }{
	openapi.DeltaPartText:      {openapi.UITextStart, openapi.UITextDelta, openapi.UITextEnd},
	openapi.DeltaPartReasoning: {openapi.UIReasoningStart, openapi.UIReasoningDelta, openapi.UIReasoningEnd},
}

// write adds to an item's text. The text begins with its first letter: a text that stays empty is no part of a message.
func (t *turn) write(it *item, part openapi.DeltaPart, responseType, delta string) {
	if it.hidden || delta == "" || proseTypes[part].delta == "" {
		return
	}
	if t.prose == nil || t.prose.item != it || t.prose.part != part {
		t.beginProse(it, part, responseType)
	}
	t.say(openapi.UIEvent{Type: proseTypes[part].delta, ID: t.prose.id, Delta: delta})
}

func (t *turn) beginProse(it *item, part openapi.DeltaPart, responseType string) {
	t.endProse()
	t.inBlock(it.thread)
	it.begun[part]++
	t.prose = &prose{it, part, proseID(it.id, part, it.begun[part])}
	if part != openapi.DeltaPartText {
		responseType = ""
	}
	t.say(openapi.UIEvent{Type: proseTypes[part].start, ID: t.prose.id, ResponseType: responseType})
	if responseType != "" && it.id != t.broken {
		t.out[len(t.out)-1].replaces, t.broken = t.broken, ""
	}
}

func (t *turn) endProse() {
	if t.prose != nil {
		t.say(openapi.UIEvent{Type: proseTypes[t.prose.part].end, ID: t.prose.id})
		t.prose = nil
	}
}

// proseID names a part of a message by its item: ITEM, ITEM/2, ITEM/reasoning, ITEM/reasoning/2.
func proseID(item string, part openapi.DeltaPart, n int) string {
	if part == openapi.DeltaPartReasoning {
		item += "/reasoning"
	}
	if n > 1 {
		item += "/" + strconv.Itoa(n)
	}
	return item
}
