package claude

import (
	"fmt"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// stream is one message of the model while it comes.
type stream struct {
	id     string       // of the message
	blocks []*openBlock // the blocks that were begun
	seen   int          // one more than the highest index so far
}

// openBlock is a content block and the item that it becomes.
type openBlock struct {
	index   int
	kind    string // text, thinking or tool_use; every other kind comes in one piece
	native  string
	parent  *string
	call    *call // of a tool_use
	started bool
	done    bool
	text    strings.Builder // what has come: text, thinking or JSON of the input
}

func (c *converter) stream(subagent string) *stream {
	s := c.streams[subagent]
	if s == nil {
		s = &stream{}
		c.streams[subagent] = s
	}
	return s
}

func (c *converter) streamEvent(r *record) {
	if r.Event == nil {
		return
	}
	s, e := c.stream(r.ParentToolUseID), r.Event
	switch e.Type {
	case "message_start":
		c.beginMessage(s, e.Message)
	case "content_block_start":
		if e.ContentBlock != nil {
			c.beginBlock(s, e.Index, e.ContentBlock, r.ParentToolUseID)
		}
	case "content_block_delta":
		if b := s.find(func(b *openBlock) bool { return b.index == e.Index }); b != nil {
			c.delta(b, e.Delta.Text+e.Delta.Thinking+e.Delta.PartialJSON)
		}
	case "message_stop":
		// Every block had its assistant line before this; one without was cut off with the connection.
		c.closeStream(s)
	}
}

func (c *converter) beginMessage(s *stream, m *message) {
	c.closeStream(s)
	*s = stream{id: "message"}
	if m != nil && m.ID != "" {
		s.id = m.ID
	}
}

// find returns the first block that is not done and matches.
func (s *stream) find(match func(*openBlock) bool) *openBlock {
	for _, b := range s.blocks {
		if !b.done && match(b) {
			return b
		}
	}
	return nil
}

func (c *converter) beginBlock(s *stream, index int, content *block, subagent string) *openBlock {
	b := &openBlock{index: index, kind: content.kind(), parent: c.parent(subagent)}
	s.blocks = append(s.blocks, b)
	s.seen = max(s.seen, index+1)
	if b.kind == "tool_use" {
		b.call = c.newCall(content)
		b.native = b.call.native
	} else {
		b.native = c.nativeID(fmt.Sprintf("%s/%d", s.id, index))
	}
	// A thought is begun with its first word: the program sends empty ones too.
	if b.kind != "thinking" {
		c.startBlock(b)
	}
	return b
}

func (c *converter) startBlock(b *openBlock) {
	if b.started || b.kind == "" {
		return
	}
	b.started = true
	c.start(b.item(nil))
}

func (c *converter) delta(b *openBlock, text string) {
	if text == "" || b.kind == "" {
		return
	}
	c.startBlock(b)
	b.text.WriteString(text)
	c.emit(openapi.ItemDelta{NativeItemID: b.native, Part: b.deltaPart(), Delta: text})
}

func (b *openBlock) deltaPart() openapi.DeltaPart {
	switch b.kind {
	case "thinking":
		return openapi.DeltaPartReasoning
	case "tool_use":
		return openapi.DeltaPartToolInput
	}
	return ""
}

// closeBlock completes a block of which no more will come.
func (c *converter) closeBlock(b *openBlock) {
	if b.done {
		return
	}
	b.done = true
	if b.started {
		c.complete(b.item(b.part(b.text.String())), openapi.ItemStatusFailed)
	}
}

func (c *converter) closeStream(s *stream) {
	for _, b := range s.blocks {
		c.closeBlock(b)
	}
	s.blocks = nil
}

func (c *converter) closeStreams() {
	for _, name := range sortedKeys(c.streams) {
		c.closeStream(c.streams[name])
	}
}
