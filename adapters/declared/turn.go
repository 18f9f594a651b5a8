package declared

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// errSuspended ends a Turn whose tools the client executes.
var errSuspended = errors.New("the turn waits for its tools")

// turn is a turn that runs, from its beginning or from where its tools left it. Only Turn's goroutine uses it.
type turn struct {
	ctx       context.Context
	host      adapters.Host
	state     *state // durable and what this turn has said
	agent     *protocol.Agent
	providers *provider.Registry
	scope     *scope
	finish    provider.FinishReason // of the last answer
	items     map[string]string     // the items of calls, by the ids of these
}

// userMessage is the trigger that a message is, and its input.
const (
	userMessage      = "user-message"
	userMessageInput = "USER_MESSAGE"
)

// take notes how the turn began and what its tools gave, where the log has not told it.
func (t *turn) take(in adapters.Input) {
	if t.state.run.id != in.TurnID || t.state.run.trigger.Name == "" {
		t.note(in.TurnID, openapi.TurnStartedData{TurnID: in.TurnID, Trigger: triggerOf(in)})
	}
	for _, id := range slices.Sorted(maps.Keys(in.Results)) {
		if _, known := t.state.run.results[id]; !known {
			r := in.Results[id]
			t.note(in.TurnID, openapi.ToolResolvedData{ToolCallID: id, Status: r.Status, Result: r.Result, Error: r.Error})
		}
	}
}

func triggerOf(in adapters.Input) openapi.TurnTrigger {
	if in.Trigger != nil {
		return *in.Trigger
	}
	return openapi.TurnTrigger{Name: userMessage, Input: map[string]any{userMessageInput: in.Text}}
}

// note folds an event that is not this turn's to emit.
func (t *turn) note(id string, data openapi.EventData) {
	t.state.add(openapi.Event{TurnID: id, Data: data})
}

// emit says something, and folds it as it will be read from the log.
func (t *turn) emit(o openapi.Output) error {
	if err := t.host.Emit(o); err != nil {
		return err
	}
	switch o := o.(type) {
	case openapi.ItemStarted:
		t.note(t.state.run.id, openapi.ItemStartedData{Item: o.Item})
	case openapi.ItemCompleted:
		t.note(t.state.run.id, openapi.ItemCompletedData{Item: o.Item})
	case openapi.Usage:
		t.note(t.state.run.id, o.Data)
	case openapi.ResourceUpdated:
		t.note(t.state.run.id, o.Data)
	case openapi.VariableUpdated:
		t.note(t.state.run.id, o.Data)
	case openapi.BlockStarted:
		t.note(t.state.run.id, o.Data)
	case openapi.BlockEnded:
		t.note(t.state.run.id, o.Data)
	}
	return nil
}

// call asks the client to execute a tool.
func (t *turn) call(c adapters.ToolCall) error {
	if _, err := t.host.CallTool(c); err != nil {
		return err
	}
	t.note(t.state.run.id, openapi.ToolRequestedData{
		ToolCallID: c.ID, Name: c.Name, Arguments: c.Arguments, Source: c.Source, Thread: c.Thread,
		OutputVariable: c.OutputVariable, BlockIndex: c.BlockIndex,
	})
	return nil
}

// set gives a variable a value, which must be of its type.
func (t *turn) set(name string, value any) error {
	field, _ := t.agent.Variables.Get(name)
	if value != nil && field.Type != nil {
		if err := protocol.Check(value, field.Type); err != nil {
			return faultf(codeValidation, "variable %s: %v", name, err)
		}
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("variable %s: %w", name, err)
	}
	return t.emit(openapi.VariableUpdated{Data: openapi.VariableUpdatedData{Name: name, Value: encoded}})
}

// newItem is an item under the next name. Names are unique in the session.
func (t *turn) newItem(kind openapi.ItemKind, role openapi.ItemRole, thread string) openapi.Item {
	id := fmt.Sprintf("%s_item_%d", t.state.run.id, len(t.state.run.items)+1)
	return openapi.Item{NativeItemID: &id, Kind: kind, Role: &role, Thread: otherThread(thread)}
}

// otherThread is a thread as events name it: the main one goes unnamed.
func otherThread(thread string) string {
	if thread == protocol.Main {
		return ""
	}
	return thread
}

// whole says an item that comes at once.
func (t *turn) whole(item openapi.Item, status openapi.ItemStatus) error {
	item.Status = openapi.ItemStatusInProgress
	if err := t.emit(openapi.ItemStarted{Item: item}); err != nil {
		return err
	}
	item.Status = status
	return t.emit(openapi.ItemCompleted{Item: item})
}
