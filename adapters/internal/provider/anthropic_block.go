package provider

import (
	"encoding/json"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
)

// anthropicBlock is a content block of a kind that is known.
type anthropicBlock struct {
	*block
	initial string // input that came with the start of a tool; it counts when nothing comes after it
}

func (e *anthropicEvents) start(a *assembly, index int64, content anthropic.ContentBlockStartEventContentBlockUnion) error {
	b := &anthropicBlock{}
	switch content.Type {
	case "text":
		b.block = a.start(textBlock)
	case "thinking":
		b.block = a.start(reasoningBlock)
		b.metadata = Metadata{Provider: anthropicName, Signature: content.Signature}
	case "redacted_thinking":
		b.block = a.start(reasoningBlock)
		b.metadata = Metadata{Provider: anthropicName, Redacted: content.Data}
	case "tool_use":
		if content.Name == "" {
			return nameless()
		}
		b.block = a.startCall(content.ID, content.Name)
		b.initial = initialInput(content.JSON.Input.Raw())
	default:
		return nil
	}
	e.blocks[index] = b
	return a.add(b.block, content.Text+content.Thinking)
}

// initialInput is usually the empty object, which says nothing.
func initialInput(raw string) string {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &members) != nil || len(members) == 0 {
		return ""
	}
	return raw
}

func (b *anthropicBlock) add(a *assembly, delta anthropic.MessageStreamEventUnionDelta) error {
	switch delta.Type {
	case "text_delta":
		return a.add(b.block, delta.Text)
	case "thinking_delta":
		return a.add(b.block, delta.Thinking)
	case "input_json_delta":
		return a.add(b.block, delta.PartialJSON)
	case "signature_delta":
		b.metadata.Signature += strings.ToValidUTF8(delta.Signature, "")
	}
	return nil
}

func (e *anthropicEvents) stop(a *assembly, index int64) error {
	b := e.blocks[index]
	if b == nil {
		return nil
	}
	delete(e.blocks, index)
	if b.kind == toolBlock && b.input.Len() == 0 {
		if err := a.add(b.block, b.initial); err != nil {
			return err
		}
	}
	a.end(b.block)
	return nil
}
