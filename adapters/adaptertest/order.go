package adaptertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// InOrder says what is wrong with the order of what an agent said in one turn, or in a part of it: items have a native
// id of their own, go from started over deltas to completed, and are what their deltas add up to.
func InOrder(outputs []openapi.Output) error {
	o := order{items: map[string]*progress{}}
	for i, output := range outputs {
		if err := o.output(output); err != nil {
			o.errs = append(o.errs, fmt.Errorf("output %d, %T: %w", i, output, err))
		}
	}
	return errors.Join(o.errs...)
}

// AllCompleted says which items of a turn were started and never completed.
func AllCompleted(outputs []openapi.Output) error {
	open := map[string]bool{}
	for _, output := range outputs {
		switch o := output.(type) {
		case openapi.ItemStarted:
			open[nativeID(o.Item)] = true
		case openapi.ItemCompleted:
			delete(open, nativeID(o.Item))
		}
	}
	var errs []error
	for id := range open {
		errs = append(errs, fmt.Errorf("item %q was started and never completed", id))
	}
	return errors.Join(errs...)
}

// checkTurn checks all that an agent said in a turn that is over.
func checkTurn(t testing.TB, outputs []openapi.Output) {
	t.Helper()
	ValidOutputs(t, outputs)
	if err := errors.Join(InOrder(outputs), AllCompleted(outputs)); err != nil {
		t.Errorf("%v; the turn:\n%s", err, print(Events(outputs)))
	}
}

type order struct {
	items map[string]*progress
	errs  []error
}

// progress is what is known of one item.
type progress struct {
	completed bool
	deltas    map[openapi.DeltaPart]*strings.Builder
}

func (o *order) output(output openapi.Output) error {
	switch output := output.(type) {
	case openapi.ItemStarted:
		return o.started(output.Item)
	case openapi.ItemDelta:
		return o.delta(output)
	case openapi.ItemCompleted:
		return o.completed(output.Item)
	}
	return nil
}

func (o *order) started(item openapi.Item) error {
	id := nativeID(item)
	switch known := o.items[id]; {
	case id == "":
		return errors.New("no native id")
	case item.ItemID != "":
		return fmt.Errorf("item %q has an item_id, which is the session's to give", id)
	case item.Status != openapi.ItemStatusInProgress:
		return fmt.Errorf("item %q is started with the status %q", id, item.Status)
	case known != nil && known.completed:
		return fmt.Errorf("item %q is started again after its end", id)
	case known == nil:
		o.items[id] = &progress{deltas: map[openapi.DeltaPart]*strings.Builder{}}
	}
	return o.parent(item)
}

func (o *order) delta(delta openapi.ItemDelta) error {
	p := o.items[delta.NativeItemID]
	if p == nil || p.completed {
		return fmt.Errorf("delta for the item %q, which is not open", delta.NativeItemID)
	}
	part := delta.Part
	if part == "" {
		part = openapi.DeltaPartText
	}
	if p.deltas[part] == nil {
		p.deltas[part] = &strings.Builder{}
	}
	p.deltas[part].WriteString(delta.Delta)
	return nil
}

func (o *order) completed(item openapi.Item) error {
	id := nativeID(item)
	p := o.items[id]
	switch {
	case id == "":
		return errors.New("no native id")
	case p != nil && p.completed:
		return fmt.Errorf("item %q is completed twice", id)
	case item.Status != openapi.ItemStatusCompleted && item.Status != openapi.ItemStatusFailed:
		return fmt.Errorf("item %q is completed with the status %q", id, item.Status)
	case p == nil:
		p = &progress{}
		o.items[id] = p
	}
	p.completed = true
	return errors.Join(o.parent(item), p.addsUp(item))
}

func (o *order) parent(item openapi.Item) error {
	if item.ParentID != nil && o.items[*item.ParentID] == nil {
		return fmt.Errorf("item %q belongs to %q, which this turn does not know", nativeID(item), *item.ParentID)
	}
	return nil
}

// addsUp compares what an item has become with its deltas.
func (p *progress) addsUp(item openapi.Item) error {
	var errs []error
	for part, deltas := range p.deltas {
		whole := texts(item, part)
		sum := deltas.String()
		switch {
		case sum == strings.Join(whole, ""), sum == strings.Join(whole, "\n"):
		case part == openapi.DeltaPartToolInput && (item.Status == openapi.ItemStatusFailed || completes(sum, strings.Join(whole, ""))):
		default:
			errs = append(errs, fmt.Errorf("item %q: its %s deltas are %.200q, it is %.200q", nativeID(item), part, sum, whole))
		}
	}
	return errors.Join(errs...)
}

// texts are the texts of an item's parts that deltas of a part belong to.
func texts(item openapi.Item, part openapi.DeltaPart) []string {
	var texts []string
	for _, c := range item.Content {
		switch p := c.Part.(type) {
		case openapi.TextPart:
			if part == openapi.DeltaPartText {
				texts = append(texts, p.Text)
			}
		case openapi.ReasoningPart:
			if part == openapi.DeltaPartReasoning {
				texts = append(texts, p.Text)
			}
		case openapi.ToolCallPart:
			if part == openapi.DeltaPartToolInput {
				texts = append(texts, p.Arguments)
			}
		case openapi.ToolResultPart: // output that comes bit by bit is text
			if part == openapi.DeltaPartText {
				texts = append(texts, p.Output)
			}
		}
	}
	return texts
}

// completes says whether the input that a tool was called with is the one that was streamed. It may have more fields:
// agents fill in what the model left out.
func completes(streamed, input string) bool {
	var x, y any
	if json.Unmarshal([]byte(streamed), &x) != nil || json.Unmarshal([]byte(input), &y) != nil {
		return false
	}
	fields, _ := x.(map[string]any)
	all, _ := y.(map[string]any)
	for name, value := range fields {
		if !reflect.DeepEqual(all[name], value) {
			return false
		}
	}
	return all != nil && fields != nil || reflect.DeepEqual(x, y)
}

func nativeID(item openapi.Item) string {
	if item.NativeItemID == nil {
		return ""
	}
	return *item.NativeItemID
}
