package declared

import (
	"cmp"
	"fmt"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// play runs the steps of the trigger's handler that are left.
func (t *turn) play(session map[string]any) error {
	trigger, known := t.agent.Triggers[t.state.run.trigger.Name]
	if !known {
		return faultf(codeValidation, "unknown trigger: %s", t.state.run.trigger.Name)
	}
	var err error
	if t.scope, err = newScope(t.agent, t.state, session); err != nil {
		return err
	}
	if b := t.state.run.block; b != nil {
		if err := t.goOn(trigger, *b); err != nil {
			return err
		}
	}
	for t.state.run.next < len(trigger.Steps) {
		if err := t.begin(trigger.Steps[t.state.run.next]); err != nil {
			return err
		}
	}
	return nil
}

// goOn is for the step that waited for its tools.
func (t *turn) goOn(trigger protocol.Trigger, b openapi.BlockStartedData) error {
	if b.Index >= len(trigger.Steps) || trigger.Steps[b.Index].Name != b.Name || trigger.Steps[b.Index].Block.Kind() != b.Type {
		return faultf(codeProtocol, "the definition of the agent has changed while step %q waited", b.Name)
	}
	return t.step(trigger.Steps[b.Index])
}

func (t *turn) begin(step protocol.Step) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	if err := t.emit(openapi.BlockStarted{Data: t.blockOf(step)}); err != nil {
		return err
	}
	return t.step(step)
}

// step runs a step to its end. One that fails, or is interrupted, ends, too.
func (t *turn) step(step protocol.Step) error {
	id := t.state.run.block.BlockID
	err := t.do(step)
	if err == errSuspended { //nolint:errorlint // it is never wrapped
		return err
	}
	return cmp.Or(err, t.emit(openapi.BlockEnded{Data: openapi.BlockEndedData{BlockID: id}}))
}

func (t *turn) do(step protocol.Step) error {
	switch b := step.Block.(type) {
	case protocol.AddMessage:
		return t.addMessage(b)
	case protocol.NextMessage:
		return t.nextMessage(b)
	case protocol.ToolCall:
		return t.toolCall(b)
	case protocol.SetResource:
		return t.setResource(b)
	case protocol.StartThread:
		return t.startThread(b)
	case protocol.SerializeThread:
		return t.serialize(b)
	}
	return faultf(codeProtocol, "step %q: unknown block %s", step.Name, step.Block.Kind())
}

func (t *turn) blockOf(step protocol.Step) openapi.BlockStartedData {
	index := t.state.run.next
	b := openapi.BlockStartedData{
		BlockID: fmt.Sprintf("%s_block_%d", t.state.run.id, index+1), Index: index, Name: step.Name, Type: step.Block.Kind(),
		Display: openapi.Display(step.Display), Description: step.Description,
	}
	switch block := step.Block.(type) {
	case protocol.AddMessage:
		b.Thread = otherThread(block.Thread)
	case protocol.NextMessage:
		b.Thread = otherThread(block.Thread)
		b.OutputToChat = new(!block.Independent)
	case protocol.StartThread:
		b.Thread = otherThread(block.Name)
	case protocol.SerializeThread:
		b.Thread = otherThread(block.Thread)
	}
	return b
}
