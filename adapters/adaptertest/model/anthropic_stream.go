package model

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
)

// newID is random: a conversation that is resumed against another server must not meet the same id twice.
func newID(prefix string) string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails
	return prefix + hex.EncodeToString(b)
}

// anthropicStream answers with server-sent events.
type anthropicStream struct {
	sse
	model string
	usage usage
	index int
	kind  string // of the open block
	tools bool
}

func newAnthropicStream(w http.ResponseWriter, model string, u usage) *anthropicStream {
	return &anthropicStream{sse: sse{w: w}, model: model, usage: u, index: -1}
}

func (a *anthropicStream) event(name string, fields object) { a.sse.event(name, typed(name, fields)) }

// typed makes an object whose first member is its type, as the provider writes it: readers may look at it alone.
func typed(kind string, fields object) json.RawMessage {
	if len(fields) == 0 {
		return json.RawMessage(fmt.Sprintf(`{"type":%q}`, kind))
	}
	data, _ := json.Marshal(fields) // maps and strings: cannot fail
	return json.RawMessage(fmt.Sprintf(`{"type":%q,%s`, kind, data[1:]))
}

func (a *anthropicStream) begin() {
	if !a.sse.begin() {
		return
	}
	begin := a.usage
	begin.output = 1 // as the provider does: the output is counted at the end
	a.event("message_start", object{"message": anthropicEnvelope(a.model, []any{}, nil, begin)})
	a.event("ping", object{})
}

func (a *anthropicStream) open(b block) {
	a.begin()
	a.index++
	a.kind = "text"
	start := object{"text": ""}
	switch {
	case b.thinking:
		a.kind, start = "thinking", object{"thinking": "", "signature": ""}
	case b.tool != "":
		a.kind, start = "tool_use", object{"id": newID("toolu_"), "name": b.tool, "input": object{}}
		a.tools = true
	}
	a.event("content_block_start", object{"index": a.index, "content_block": typed(a.kind, start)})
}

var anthropicDeltas = map[string][2]string{
	"text": {"text_delta", "text"}, "thinking": {"thinking_delta", "thinking"}, "tool_use": {"input_json_delta", "partial_json"},
}

func (a *anthropicStream) delta(piece string) {
	names := anthropicDeltas[a.kind]
	a.event("content_block_delta", object{"index": a.index, "delta": typed(names[0], object{names[1]: piece})})
}

func (a *anthropicStream) close() {
	if a.kind == "thinking" {
		a.event("content_block_delta", object{"index": a.index, "delta": typed("signature_delta", object{"signature": newID("sig")})})
	}
	a.event("content_block_stop", object{"index": a.index})
}

func (a *anthropicStream) fail(status int, text string) {
	if !a.begun {
		writeAnthropicError(a.w, status, text)
		return
	}
	a.event("error", anthropicError(status, text))
}

func (a *anthropicStream) end() {
	a.begin()
	a.event("message_delta", object{"delta": object{"stop_reason": stopReason(a.tools), "stop_sequence": nil}, "usage": anthropicUsage(a.usage)})
	a.event("message_stop", object{})
}

func stopReason(tools bool) string {
	if tools {
		return "tool_use"
	}
	return "end_turn"
}

func anthropicUsage(u usage) object {
	return object{"input_tokens": u.input, "cache_creation_input_tokens": 0, "cache_read_input_tokens": u.cached, "output_tokens": u.output}
}

func anthropicEnvelope(model string, content []any, stop any, u usage) object {
	return object{
		"id": newID("msg_"), "type": "message", "role": "assistant", "model": model, "content": content,
		"stop_reason": stop, "stop_sequence": nil, "usage": anthropicUsage(u),
	}
}
