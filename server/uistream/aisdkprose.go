package uistream

import (
	"iter"
	"maps"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// prose passes on texts and reasonings.
func (a *AISDK) prose(u openapi.UIEvent) {
	c := Chunk{Type: u.Type, ID: u.ID, Delta: u.Delta, ResponseType: u.ResponseType}
	switch u.Type {
	case openapi.UITextStart:
		a.startProse(c, openapi.UITextEnd, a.silent() || a.aside())
	case openapi.UIReasoningStart:
		a.startProse(c, openapi.UIReasoningEnd, a.aside())
	case openapi.UITextDelta:
		a.addProse(c, openapi.UITextStart, openapi.UITextEnd)
	case openapi.UIReasoningDelta:
		a.addProse(c, openapi.UIReasoningStart, openapi.UIReasoningEnd)
	case openapi.UITextEnd, openapi.UIReasoningEnd:
		a.endProse(c)
	}
}

// silent says whether the output of the step that runs is no part of the conversation.
func (a *AISDK) silent() bool { return a.block.OutputToChat != nil && !*a.block.OutputToChat }

// aside says whether the step that runs belongs to another thread.
func (a *AISDK) aside() bool { return otherThread(a.block.Thread) != "" }

func (a *AISDK) startProse(c Chunk, end string, mute bool) {
	if mute {
		put(&a.mute, c.ID, true)
		return
	}
	a.next()
	put(&a.open, c.ID, end)
	a.say(c)
}

// addProse adds to a text, which may have begun in the response before this one.
func (a *AISDK) addProse(c Chunk, start, end string) {
	if a.mute[c.ID] {
		return
	}
	if a.open[c.ID] == "" {
		a.startProse(Chunk{Type: start, ID: c.ID}, end, false)
	}
	a.say(c)
}

func (a *AISDK) endProse(c Chunk) {
	if a.open[c.ID] == "" {
		return // it is not shown, or has ended with its step
	}
	delete(a.open, c.ID)
	a.say(c)
}

// put sets a value of a map that is made with its first one.
func put[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}

// sorted yields a map in the order of its keys.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
