package session

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// suspended says whether a turn waits for tools of the client, and nothing of it runs.
func (o *owner) suspended() bool { return o.turn == nil && o.w.state.Turn != nil }

// callingCommand answers whether a turn that will be suspended for its calls still runs.
type callingCommand struct{}

func (callingCommand) apply(o *owner) (any, error) {
	return o.turn != nil && o.w.state.suspended(), nil
}

// suspend lets a turn wait that its agent has left; unless all results came while the agent was leaving.
func (o *owner) suspend() {
	for _, r := range slices.Clone(o.w.state.Requests) {
		if !r.Tool {
			o.reject(o.openRequest(r))
		}
	}
	o.turn = nil
	o.force.Stop()
	switch {
	case len(o.ends) > 0:
		_ = o.end() // those who wait for it are told
	case o.commit(nil) != nil:
	case len(o.w.state.Requests) == 0:
		o.check(o.resume(nil))
	default:
		o.live.feed.pause()
		o.check(o.rouse())
	}
}

// rouse ends a suspended turn that a message waits for: it would wait for ever.
func (o *owner) rouse() error {
	if len(o.w.state.Queue) == 0 {
		return nil
	}
	return o.abandonAndGoOn()
}

// abandon ends a suspended turn: its open calls are resolved as cancelled. It does not commit.
func (o *owner) abandon() {
	o.closeRequests()
	o.endTurn(openapi.TurnStatusInterrupted, "")
}

func (o *owner) abandonAndGoOn() error {
	o.abandon()
	if err := o.commit(nil); err != nil {
		return err
	}
	return o.next()
}

// resume lets the agent go on with a suspended turn, whose calls have their results.
func (o *owner) resume(commit func() error) error {
	if commit == nil && o.service.failure(o.w.id) != nil {
		commit = o.tryLog
	}
	items := newStamper(&o.w, o.turnID())
	in, err := o.suspendedInput(items)
	if err != nil {
		return o.spoilResumed(commit)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := newTurn(in.TurnID, cancel)
	t.items = items
	if commit != nil {
		if err := commit(); err != nil {
			cancel()
			return err
		}
	}
	if o.stop.Err() != nil { // the next start goes on
		cancel()
		return nil
	}
	o.turn = t
	go o.play(ctx, t, in, o.w.state.NativeID)
	return nil
}

// tryLog writes an event that says nothing new, where the log could not be written before: to run an agent costs money, and what
// it says would be lost again. The turn counts as going on from here, so that another failure ends it.
func (o *owner) tryLog() error {
	o.emit(openapi.SessionUpdatedData{NativeSessionID: o.w.state.NativeID})
	return o.commit(nil)
}

// spoilResumed ends a turn that the log cannot give back.
func (o *owner) spoilResumed(commit func() error) error {
	if commit != nil {
		if err := commit(); err != nil {
			return err
		}
	}
	return o.cut(string(CodeInternal), "the turn is unreadable")
}

// suspendedInput is what the agent gets to go on: how the turn began, and the results so far. items learns what it has said.
func (o *owner) suspendedInput(items *stamper) (adapters.Input, error) {
	var in adapters.Input
	for e, err := range o.turnEvents() {
		if err != nil {
			return in, err
		}
		items.remember(e)
		switch d := e.Data.(type) {
		case openapi.TurnStartedData:
			in = adapters.Input{Number: turnNumber(e.TurnID), TurnID: e.TurnID, Results: map[string]adapters.ToolResult{}}
			if d.Trigger.Name != "" {
				in.Trigger = &d.Trigger
			}
		case openapi.ItemCompletedData:
			if in.Text == "" && d.Item.Role != nil && *d.Item.Role == openapi.ItemRoleUser {
				in.Text = partText(d.Item)
				in.Message = in.Text
			}
		case openapi.ToolResolvedData:
			in.Results[d.ToolCallID] = adapters.ToolResult{Status: d.Status, Result: d.Result, Error: d.Error}
		}
	}
	return in, nil
}

// partText is the text of a message.
func partText(item openapi.Item) (text string) {
	for _, c := range item.Content {
		if t, ok := c.Part.(openapi.TextPart); ok {
			text += t.Text
		}
	}
	return text
}

// turnEvents are those of the turn that is under way: the durable ones, and those that are about to be.
func (o *owner) turnEvents() iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		last := o.w.last - uint64(len(o.w.buffer))
		for e, err := range o.service.historyAfter(o.w.id, o.w.state.Turn.Sequence-1)(context.Background()) {
			if err == nil && e.Sequence > last {
				break
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
		for _, e := range o.w.buffer {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// userMessage is the name of the trigger that every agent has, and of its input.
const (
	userMessageTrigger = "user-message"
	userMessageInput   = "USER_MESSAGE"
)

// said is what the user says with a trigger; empty when that is nothing, or no text.
func said(t openapi.TurnTrigger) string {
	switch v := t.Input[userMessageInput].(type) {
	case string:
		return v
	case nil:
		return ""
	default:
		text, _ := json.Marshal(v) // it came as JSON
		return string(text)
	}
}
