package uistream

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/parleyhq/parley/openapi"
)

// block is a step that is shown as one.
type block struct {
	id      string
	display openapi.Display // of a step of the log
	thread  string          // of output outside of steps
}

// What the block for output outside of blocks is called.
const (
	ownBlockName = "Respond"
	ownBlockType = "next-message"
)

func (t *turn) startBlock(d openapi.BlockStartedData) {
	b := &block{id: cmp.Or(d.BlockID, "block"), display: d.Display}
	if t.step(b.id) >= 0 {
		return
	}
	t.endOwn()
	t.broken = ""
	t.steps = append(t.steps, b)
	kind := cmp.Or(d.Type, ownBlockType)
	t.say(openapi.UIEvent{
		Type: openapi.UIBlockStart, BlockID: b.id, BlockName: cmp.Or(d.Name, kind), BlockType: kind, Display: display(d.Display),
		Description: d.Description, OutputToChat: d.OutputToChat, Thread: otherThread(d.Thread),
	})
}

func (t *turn) endBlock(d openapi.BlockEndedData) {
	id := cmp.Or(d.BlockID, "block")
	i := t.step(id)
	if i < 0 {
		return
	}
	t.endOwn()
	t.broken = ""
	t.steps = slices.Delete(t.steps, i, i+1)
	t.say(openapi.UIEvent{Type: openapi.UIBlockEnd, BlockID: id, Summary: d.Summary})
}

// step is the place of an open step, or -1.
func (t *turn) step(id string) int {
	return slices.IndexFunc(t.steps, func(b *block) bool { return b.id == id })
}

// inBlock sees to it that output is shown within a block.
func (t *turn) inBlock(thread string) {
	if len(t.steps) > 0 || t.own != nil && t.own.thread == thread {
		return
	}
	t.endOwn()
	t.owns++
	id := t.id + "-output"
	if t.owns > 1 {
		id += "-" + strconv.Itoa(t.owns)
	}
	t.own = &block{id: id, thread: thread}
	t.say(openapi.UIEvent{
		Type: openapi.UIBlockStart, BlockID: id, BlockName: t.nameOf(thread), BlockType: ownBlockType,
		Display: string(openapi.DisplayStream), Thread: thread,
	})
}

// nameOf is the name of a sub-agent's block: that of the call that started it.
func (t *turn) nameOf(thread string) string {
	if c := t.calls[thread]; c != nil {
		return cmp.Or(c.title, c.name, ownBlockName)
	}
	return ownBlockName
}

// endOwn ends the text that is being written, which no other block may go on with, and the block for output outside of blocks.
func (t *turn) endOwn() {
	t.endProse()
	if t.own != nil {
		t.say(openapi.UIEvent{Type: openapi.UIBlockEnd, BlockID: t.own.id})
		t.own = nil
	}
}

// display is how the step that runs is shown; empty when none runs.
func (t *turn) display() openapi.Display {
	if len(t.steps) == 0 {
		return ""
	}
	return t.steps[len(t.steps)-1].display
}

// display is how a block is shown. Clients older than title drop a block that has it, and cannot be told from newer ones.
func display(d openapi.Display) string {
	if d == openapi.DisplayTitle {
		d = openapi.DisplayDescription
	}
	return string(cmp.Or(d, openapi.DisplayStream))
}

// mainThread is the conversation itself; it goes unnamed.
const mainThread = "main"

func otherThread(thread string) string {
	if thread == mainThread {
		return ""
	}
	return thread
}
