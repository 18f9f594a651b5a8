package provider

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// checkOrder holds parts to what Part and Provider promise.
func checkOrder(parts []Part, complete bool) error {
	o := order{open: map[string]string{}, ids: map[string]bool{}}
	for i, p := range parts {
		if err := o.next(p); err != nil {
			return fmt.Errorf("part %d, %#v: %w", i, p, err)
		}
	}
	switch {
	case len(o.open) > 0:
		return fmt.Errorf("never ended: %v", o.open)
	case o.finished != complete:
		return fmt.Errorf("finished: %v, complete: %v", o.finished, complete)
	case complete && o.uncalled:
		return errors.New("a whole input has no call")
	case complete && (o.reason == FinishToolCalls) && !o.called:
		return errors.New("finished with tool calls, and there is none")
	}
	return nil
}

type order struct {
	open     map[string]string // kind by id
	ids      map[string]bool
	input    string // the id of the tool input that ended just now
	called   bool
	uncalled bool
	usage    bool
	finished bool
	reason   FinishReason
}

func (o *order) next(p Part) error {
	input := o.input
	o.input = ""
	if o.finished {
		return errors.New("behind the finish")
	}
	if call, is := p.(ToolCall); is {
		return o.call(call, input)
	}
	o.uncalled = o.uncalled || input != ""
	switch p := p.(type) {
	case TextStart:
		return o.start(p.ID, "text")
	case TextDelta:
		return o.delta(p.ID, "text", p.Text)
	case TextEnd:
		return o.end(p.ID, "text")
	case ReasoningStart:
		return o.start(p.ID, "reasoning")
	case ReasoningDelta:
		return o.delta(p.ID, "reasoning", p.Text)
	case ReasoningEnd:
		return o.end(p.ID, "reasoning")
	case ToolInputStart:
		return o.start(p.ID, "tool")
	case ToolInputDelta:
		return o.delta(p.ID, "tool", p.Delta)
	case ToolInputEnd:
		o.input = p.ID
		return o.end(p.ID, "tool")
	case Usage:
		return o.once(&o.usage)
	case Finish:
		o.reason = p.Reason
		return o.once(&o.finished)
	}
	return errors.New("unknown")
}

func (o *order) start(id, kind string) error {
	if id == "" || o.ids[id] {
		return errors.New("its id is not new")
	}
	for other, k := range o.open {
		if k != "tool" {
			return fmt.Errorf("%s is open", other)
		}
	}
	o.ids[id], o.open[id] = true, kind
	return nil
}

func (o *order) delta(id, kind, text string) error {
	if o.open[id] != kind || text == "" || !utf8.ValidString(text) {
		return errors.New("no text for something open")
	}
	return nil
}

func (o *order) end(id, kind string) error {
	if o.open[id] != kind {
		return errors.New("not open")
	}
	delete(o.open, id)
	return nil
}

func (o *order) call(c ToolCall, input string) error {
	o.called = true
	if c.ID != input || c.Name == "" || !isObject(c.Arguments) || !utf8.Valid(c.Arguments) {
		return fmt.Errorf("not the call of %q", input)
	}
	return nil
}

func (o *order) once(seen *bool) error {
	if *seen {
		return errors.New("twice")
	}
	*seen = true
	return nil
}
