package model

import (
	"encoding/json"
	"net/http"
	"strings"
)

// anthropicMessage answers in one piece.
type anthropicMessage struct {
	w       http.ResponseWriter
	model   string
	usage   usage
	content []any
	block   block
	text    strings.Builder
	tools   bool
}

func newAnthropicMessage(w http.ResponseWriter, model string, u usage) *anthropicMessage {
	return &anthropicMessage{w: w, model: model, usage: u, content: []any{}}
}

func (a *anthropicMessage) open(b block) {
	a.block = b
	a.text.Reset()
}

func (a *anthropicMessage) delta(piece string) { a.text.WriteString(piece) }

func (a *anthropicMessage) close() {
	text := a.text.String()
	switch {
	case a.block.thinking:
		a.content = append(a.content, object{"type": "thinking", "thinking": text, "signature": newID("sig")})
	case a.block.tool != "":
		a.tools = true
		a.content = append(a.content, object{"type": "tool_use", "id": newID("toolu_"), "name": a.block.tool, "input": json.RawMessage(text)})
	default:
		a.content = append(a.content, object{"type": "text", "text": text})
	}
}

func (a *anthropicMessage) fail(status int, text string) { writeAnthropicError(a.w, status, text) }

func (a *anthropicMessage) end() {
	writeJSON(a.w, http.StatusOK, anthropicEnvelope(a.model, a.content, stopReason(a.tools), a.usage))
}

func (a *anthropicMessage) flush() error { return nil }
