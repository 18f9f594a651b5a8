package model

import (
	"strings"
	"time"
)

// responsesStream answers with the events of the Responses API.
type responsesStream struct {
	sse
	id, model string
	usage     usage
	offered   offers
	sequence  int
	output    []object
	item      object // the open one
	kind      responsesKind
	text      strings.Builder
}

func (r *responsesStream) event(name string, fields object) {
	fields["sequence_number"] = r.sequence
	r.sequence++
	r.sse.event(name, typed(name, fields))
}

// itemEvent is an event about the open item.
func (r *responsesStream) itemEvent(name string, fields object) {
	fields["output_index"] = len(r.output)
	fields["item_id"] = r.item["id"]
	if r.kind.index != "" {
		fields[r.kind.index] = 0
	}
	r.event(name, fields)
}

func (r *responsesStream) begin() {
	if r.sse.begin() {
		r.event("response.created", object{"response": r.response("in_progress")})
		r.event("response.in_progress", object{"response": r.response("in_progress")})
	}
}

func (r *responsesStream) open(b block) {
	r.begin()
	r.text.Reset()
	r.item, r.kind = r.start(b)
	r.event("response.output_item.added", object{"output_index": len(r.output), "item": r.item})
	if r.kind.added != "" {
		r.itemEvent(r.kind.added+".added", object{"part": r.part("")})
	}
}

func (r *responsesStream) part(text string) object {
	part := object{"type": r.kind.part, "text": text}
	if r.kind.part == "output_text" {
		part["annotations"] = []any{}
	}
	return part
}

func (r *responsesStream) delta(piece string) {
	r.text.WriteString(piece)
	r.itemEvent(r.kind.event+".delta", object{"delta": piece})
}

func (r *responsesStream) close() {
	text := r.text.String()
	r.itemEvent(r.kind.event+".done", object{r.kind.field: text})
	if r.kind.added != "" {
		r.itemEvent(r.kind.added+".done", object{"part": r.part(text)})
		r.item[r.kind.list] = []any{r.part(text)}
	} else {
		r.item[r.kind.field] = text
	}
	if r.item["type"] == "reasoning" {
		r.item["encrypted_content"] = newID("sealed")
	} else {
		r.item["status"] = "completed"
	}
	r.event("response.output_item.done", object{"output_index": len(r.output), "item": r.item})
	r.output = append(r.output, r.item)
}

func (r *responsesStream) fail(status int, text string) {
	if !r.begun {
		writeOpenAIError(r.w, status, text)
		return
	}
	failed := r.response("failed")
	failed["error"] = object{"code": openAIError(status, text)["code"], "message": text}
	r.event("response.failed", object{"response": failed})
}

func (r *responsesStream) end() {
	r.begin()
	done := r.response("completed")
	done["usage"] = responsesUsage(r.usage)
	r.event("response.completed", object{"response": done})
}

func (r *responsesStream) response(status string) object {
	output := []object{}
	return object{
		"id": r.id, "object": "response", "created_at": time.Now().Unix(), "status": status, "model": r.model,
		"output": append(output, r.output...), "error": nil, "incomplete_details": nil, "usage": nil,
	}
}

func responsesUsage(u usage) object {
	return object{
		"input_tokens": u.input, "input_tokens_details": object{"cached_tokens": u.cached},
		"output_tokens": u.output, "output_tokens_details": object{"reasoning_tokens": u.reasoning},
		"total_tokens": u.input + u.output,
	}
}
