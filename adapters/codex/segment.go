package codex

import (
	"encoding/json"
	"slices"
	"strings"
)

// The kinds of text that items are made of.
const (
	textMessage = "message" // or plan
	textSummary = "summary" // of thoughts, for people
	textThought = "thought"
)

// segment is one piece of text: a message has one, thoughts may have several.
type segment struct {
	kind  string
	index int
	text  strings.Builder
}

// goesOn says whether a delta belongs to the segment that came last.
func (t *text) goesOn(kind string, index int) bool {
	if len(t.segments) == 0 {
		return false
	}
	last := t.segments[len(t.segments)-1]
	return last.kind == kind && last.index == index
}

func finalSegments(i *item) []*segment {
	if i.Type != "reasoning" {
		return []*segment{newSegment(textMessage, 0, i.Text)}
	}
	var all []*segment
	for n, s := range i.Summary {
		all = append(all, newSegment(textSummary, n, s))
	}
	var thoughts []string
	_ = json.Unmarshal(i.Content, &thoughts) // none
	for n, s := range thoughts {
		all = append(all, newSegment(textThought, n, s))
	}
	return all
}

func newSegment(kind string, index int, text string) *segment {
	s := &segment{kind: kind, index: index}
	s.text.WriteString(text)
	return s
}

// arranged puts final segments into the order in which they were streamed.
func (t *text) arranged(final []*segment) []*segment {
	place := func(s *segment) int {
		at := slices.IndexFunc(t.segments, func(o *segment) bool { return o.kind == s.kind && o.index == s.index })
		if at < 0 {
			return len(t.segments)
		}
		return at
	}
	slices.SortStableFunc(final, func(a, b *segment) int { return place(a) - place(b) })
	return slices.DeleteFunc(final, func(s *segment) bool { return s.kind != textMessage && s.text.Len() == 0 })
}

func (t *text) streamed() bool { return len(t.segments) > 0 }

func (t *text) joined() string {
	all := make([]string, len(t.segments))
	for n, s := range t.segments {
		all[n] = s.text.String()
	}
	return strings.Join(all, "\n")
}
