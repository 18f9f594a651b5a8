package provider

import (
	"crypto/rand"
	"errors"
	"io"
	"strconv"
	"strings"
)

// assembly puts the parts of one answer together, so that their order is sound whatever a server sends.
type assembly struct {
	parts  []Part // not yet taken
	open   []*block
	blocks int
	flow   *block          // the newest text or reasoning
	calls  map[string]bool // the ids of the tool calls
	usage  *Usage
	reason FinishReason // empty until the server said that the answer is whole
	begun  bool         // a part was taken
}

// take hands over the parts since the last time.
func (a *assembly) take() []Part {
	parts := a.parts
	a.parts = nil
	a.begun = a.begun || len(parts) > 0
	return parts
}

func (a *assembly) put(p Part) { a.parts = append(a.parts, p) }

// flowing is the text, or reasoning, that is coming now.
func (a *assembly) flowing(kind blockKind) *block {
	if a.flow == nil || a.flow.ended || a.flow.kind != kind {
		return a.start(kind)
	}
	return a.flow
}

// start begins a text or reasoning.
func (a *assembly) start(kind blockKind) *block {
	a.blocks++
	return a.begin(&block{kind: kind, id: kind.String() + "_" + strconv.Itoa(a.blocks)})
}

// startCall begins a tool call. An id that is missing, or was there before, is replaced.
func (a *assembly) startCall(id, name string) *block {
	id, name = valid(id), valid(name)
	if id == "" || a.calls[id] {
		id = "call_" + rand.Text()
	}
	if a.calls == nil {
		a.calls = map[string]bool{}
	}
	a.calls[id] = true
	return a.begin(&block{kind: toolBlock, id: id, name: name})
}

// begin ends the text or reasoning before the block, and no tool call: their inputs may come side by side.
func (a *assembly) begin(b *block) *block {
	a.end(a.flow)
	if b.kind != toolBlock {
		a.flow = b
	}
	a.open = append(a.open, b)
	a.put(b.started())
	return b
}

// add adds to a block. What comes for one that has ended is dropped.
func (a *assembly) add(b *block, text string) {
	if text = valid(text); text != "" && !b.ended {
		a.put(b.delta(text))
	}
}

// addInput adds to the input of a tool call, which is kept.
func (a *assembly) addInput(b *block, text string) error {
	text = valid(text)
	if b.input.Len()+len(text) > MaxEvent {
		return &Error{Kind: KindProvider, Message: "the input of a tool call is longer than 4 MiB"}
	}
	b.input.WriteString(text)
	a.add(b, text)
	return nil
}

// count notes the tokens so far. Servers repeat them, some without those that they told before.
func (a *assembly) count(u Usage) {
	if a.usage == nil {
		a.usage = &Usage{}
	}
	a.usage.Input = max(a.usage.Input, u.Input)
	a.usage.Output = max(a.usage.Output, u.Output)
	a.usage.CacheRead = max(a.usage.CacheRead, u.CacheRead)
	a.usage.CacheWrite = max(a.usage.CacheWrite, u.CacheWrite)
	a.usage.Reasoning = max(a.usage.Reasoning, u.Reasoning)
}

// end ends a block; nil and one that has ended are fine.
func (a *assembly) end(b *block) {
	if b == nil || b.ended {
		return
	}
	a.put(b.finished())
	if b.kind == toolBlock {
		a.put(b.call())
	}
}

// valid is what can be kept as JSON, which decodes to what it was only when it is UTF-8.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// complete ends an answer whose last event has come, or was to come: with nil when it is whole, else with an error.
func (a *assembly) complete(err error) error {
	if a.reason != "" {
		a.finish()
		return nil
	}
	if a.abandon(); !errors.Is(err, io.EOF) {
		return err
	}
	return &Error{Kind: KindProvider, Message: "the answer ended before it was complete", Retryable: true}
}

func (a *assembly) finish() {
	for _, b := range a.open {
		a.end(b)
	}
	if a.usage != nil {
		a.put(*a.usage)
	}
	a.put(Finish{Reason: a.finishReason()})
}

// abandon ends what is open without taking it for whole: half a signature is none. An answer of which nothing came stays
// empty: it can be asked for again.
func (a *assembly) abandon() {
	for _, b := range a.open {
		if !b.ended {
			b.metadata = Metadata{}
			a.put(b.finished())
		}
	}
	if a.usage != nil && (a.begun || len(a.parts) > 0) {
		a.put(*a.usage)
	}
}

// finishReason corrects the server: several say stop when the model calls tools.
func (a *assembly) finishReason() FinishReason {
	called := len(a.calls) > 0
	switch {
	case called && (a.reason == FinishStop || a.reason == FinishOther):
		return FinishToolCalls
	case !called && a.reason == FinishToolCalls:
		return FinishStop
	}
	return a.reason
}
