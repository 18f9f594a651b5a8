package provider

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
)

type blockKind int

const (
	textBlock blockKind = iota
	reasoningBlock
	toolBlock
)

func (k blockKind) String() string { return [...]string{"text", "reasoning", "call"}[k] }

// block is a text, reasoning or the input of a tool call while it comes.
type block struct {
	kind     blockKind
	id       string
	name     string          // of the tool
	input    strings.Builder // of the tool
	initial  string          // input that came with the start; it counts when no other comes
	metadata Metadata        // of the reasoning
	ended    bool
}

func (b *block) started() Part {
	switch b.kind {
	case reasoningBlock:
		return ReasoningStart{ID: b.id}
	case toolBlock:
		return ToolInputStart{ID: b.id, Name: b.name}
	default:
		return TextStart{ID: b.id}
	}
}

func (b *block) delta(text string) Part {
	switch b.kind {
	case reasoningBlock:
		return ReasoningDelta{ID: b.id, Text: text}
	case toolBlock:
		return ToolInputDelta{ID: b.id, Delta: text}
	default:
		return TextDelta{ID: b.id, Text: text}
	}
}

func (b *block) finished() Part {
	b.ended = true
	switch b.kind {
	case reasoningBlock:
		return ReasoningEnd{ID: b.id, Metadata: b.metadata}
	case toolBlock:
		return ToolInputEnd{ID: b.id}
	default:
		return TextEnd{ID: b.id}
	}
}

// call is the tool call that has come. No input at all, and null, are an empty object.
func (b *block) call() ToolCall {
	call := ToolCall{ID: b.id, Name: b.name, Arguments: json.RawMessage("{}")}
	switch input := strings.TrimSpace(cmp.Or(b.input.String(), b.initial)); {
	case isObject([]byte(input)):
		call.Arguments = json.RawMessage(input)
	case input != "" && input != "null":
		call.Malformed = input
	}
	return call
}

// isObject says whether JSON is valid and an object.
func isObject(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && json.Valid(data)
}
