package uistream

import (
	"strconv"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// jsonType is the type of structured output that names none.
const jsonType = "object"

// completeMessage writes what the deltas of a message have left out.
func (t *turn) completeMessage(it *item, in openapi.Item) {
	for i, c := range in.Content {
		switch p := c.Part.(type) {
		case openapi.TextPart:
			t.settle(it, in, openapi.DeltaPartText, p.ResponseType, p.Text)
		case openapi.ReasoningPart:
			if p.Visibility != openapi.ReasoningVisibilityPrivate {
				t.settle(it, in, openapi.DeltaPartReasoning, "", p.Text)
			}
		case openapi.JSONPart:
			t.whole(it, openapi.DeltaPartText, jsonType, string(p.JSON))
		case openapi.ImagePart:
			t.file(it, i, p)
		}
	}
	if t.prose != nil && t.prose.item == it {
		t.endProse()
	}
	if it.responseType != "" && in.Status == openapi.ItemStatusFailed {
		t.broken = it.id
	}
}

// settle writes the rest of what deltas have begun, or a part that came without any.
func (t *turn) settle(it *item, in openapi.Item, part openapi.DeltaPart, responseType, text string) {
	heard := it.heard(part)
	if heard.Len() == 0 {
		t.whole(it, part, responseType, text)
		return
	}
	more := rest(heard.String(), texts(in, part))
	heard.WriteString(more)
	t.write(it, part, it.responseType, more)
}

// whole writes a part by itself.
func (t *turn) whole(it *item, part openapi.DeltaPart, responseType, text string) {
	if it.hidden || text == "" {
		return
	}
	t.beginProse(it, part, responseType)
	t.write(it, part, responseType, text)
}

// texts are the texts for people that the deltas of a part should add up to.
func texts(in openapi.Item, part openapi.DeltaPart) []string {
	var texts []string
	for _, c := range in.Content {
		switch p := c.Part.(type) {
		case openapi.TextPart:
			if part == openapi.DeltaPartText {
				texts = append(texts, p.Text)
			}
		case openapi.ReasoningPart:
			if part == openapi.DeltaPartReasoning && p.Visibility != openapi.ReasoningVisibilityPrivate {
				texts = append(texts, p.Text)
			}
		}
	}
	return texts
}

// rest is what whole texts have more than their deltas. Agents join several texts by nothing or by a line's end. Where the
// deltas are another text there is no rest: what was streamed stands.
func rest(heard string, whole []string) string {
	for _, separator := range []string{"", "\n"} {
		if more, ok := strings.CutPrefix(strings.Join(whole, separator), heard); ok {
			return more
		}
	}
	return ""
}

func (t *turn) file(it *item, i int, p openapi.ImagePart) {
	if it.hidden || p.Path == "" {
		return
	}
	t.endProse()
	t.inBlock(it.thread)
	f := fileOf(it.id+"/"+strconv.Itoa(i), p)
	t.say(openapi.UIEvent{Type: openapi.UIFileAvailable, ID: f.ID, MediaType: f.MediaType, URL: f.URL, Filename: f.Filename})
}
