package provider

import "strings"

// Answer collects the parts of an answer into the message that says it to the model again. The zero Answer is empty.
type Answer struct {
	pieces []*piece
	by     map[pieceKey]*piece
}

type pieceKey struct {
	kind blockKind
	id   string
}

type piece struct {
	kind     blockKind
	text     strings.Builder
	metadata Metadata
	call     *ToolCall // nil until its input is whole
}

// Add takes the next part.
func (a *Answer) Add(p Part) {
	switch p := p.(type) {
	case TextDelta:
		a.piece(textBlock, p.ID).text.WriteString(p.Text)
	case ReasoningStart:
		a.piece(reasoningBlock, p.ID)
	case ReasoningDelta:
		a.piece(reasoningBlock, p.ID).text.WriteString(p.Text)
	case ReasoningEnd:
		a.piece(reasoningBlock, p.ID).metadata = p.Metadata
	case ToolInputStart:
		a.piece(toolBlock, p.ID)
	case ToolCall:
		a.piece(toolBlock, p.ID).call = &p
	}
}

// piece is the one with the id. A new one comes behind all others.
func (a *Answer) piece(kind blockKind, id string) *piece {
	key := pieceKey{kind, id}
	if a.by[key] == nil {
		if a.by == nil {
			a.by = map[pieceKey]*piece{}
		}
		a.by[key] = &piece{kind: kind}
		a.pieces = append(a.pieces, a.by[key])
	}
	return a.by[key]
}

// Message is what has come so far, but tool calls whose input is not whole.
func (a *Answer) Message() Message {
	m := Message{Role: RoleAssistant}
	for _, p := range a.pieces {
		switch {
		case p.kind == textBlock:
			m.Parts = append(m.Parts, MessagePart{Text: p.text.String()})
		case p.kind == reasoningBlock:
			m.Parts = append(m.Parts, MessagePart{Reasoning: &Reasoning{Text: p.text.String(), Metadata: p.metadata}})
		case p.call != nil:
			m.Parts = append(m.Parts, MessagePart{ToolCall: p.call})
		}
	}
	return m
}
