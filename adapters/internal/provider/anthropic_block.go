package provider

import (
	"github.com/anthropics/anthropic-sdk-go"
)

// start begins a content block. Those of unknown kinds, and what comes in them, are left out.
func (e *anthropicEvents) start(a *assembly, index int64, content anthropic.ContentBlockStartEventContentBlockUnion) error {
	var b *block
	switch content.Type {
	case "text":
		b = a.start(textBlock)
	case "thinking":
		b = a.start(reasoningBlock)
		b.metadata = Metadata{Provider: anthropicName, Signature: valid(content.Signature)}
	case "redacted_thinking":
		b = a.start(reasoningBlock)
		b.metadata = Metadata{Provider: anthropicName, Redacted: valid(content.Data)}
	case "tool_use":
		if content.Name == "" {
			return nameless()
		}
		b = a.startCall(content.ID, content.Name)
		b.initial = valid(content.JSON.Input.Raw())
	default:
		return nil
	}
	e.blocks[index] = b
	a.add(b, content.Text+content.Thinking)
	return nil
}

func (e *anthropicEvents) add(a *assembly, index int64, delta anthropic.MessageStreamEventUnionDelta) error {
	b := e.blocks[index]
	if b == nil {
		return nil
	}
	switch delta.Type {
	case "text_delta":
		a.add(b, delta.Text)
	case "thinking_delta":
		a.add(b, delta.Thinking)
	case "input_json_delta":
		return a.addInput(b, delta.PartialJSON)
	case "signature_delta":
		b.metadata.Signature += valid(delta.Signature)
	}
	return nil
}
