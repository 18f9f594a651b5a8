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

// responsesKind is how one kind of item is streamed.
type responsesKind struct {
	event string // before .delta and .done
	field string // of the whole text in the event .done
	list  string // the member of the item that holds parts, else the text is the item's member field
	part  string // the type of the part
	added string // the events that begin and end a part, before .added and .done
	index string // the member that says which part it is
}

var (
	responsesText      = responsesKind{"response.output_text", "text", "content", "output_text", "response.content_part", "content_index"}
	responsesReasoning = responsesKind{"response.reasoning_text", "text", "content", "reasoning_text", "response.content_part", "content_index"}
	responsesSummary   = responsesKind{"response.reasoning_summary_text", "text", "summary", "summary_text", "response.reasoning_summary_part", "summary_index"}
	responsesFunction  = responsesKind{event: "response.function_call_arguments", field: "arguments"}
	responsesCustom    = responsesKind{event: "response.custom_tool_call_input", field: "input"}
)

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

// start makes the item for a block.
func (r *responsesStream) start(b block) (object, responsesKind) {
	switch {
	case b.tool != "":
		return r.startCall(b.tool)
	case b.raw:
		return object{"type": "reasoning", "id": newID("rs_"), "summary": []any{}, "content": []any{}}, responsesReasoning
	case b.thinking:
		return object{"type": "reasoning", "id": newID("rs_"), "summary": []any{}}, responsesSummary
	}
	return object{"type": "message", "id": newID("msg_"), "role": "assistant", "status": "in_progress", "content": []any{}}, responsesText
}

func (r *responsesStream) startCall(name string) (object, responsesKind) {
	tool, _ := r.offered.find(name)
	item := object{"type": "function_call", "id": newID("fc_"), "call_id": newID("call_"), "name": tool.Name, "status": "in_progress"}
	if tool.namespace != "" {
		item["namespace"] = tool.namespace
	}
	kind := responsesFunction
	if tool.Type == "custom" {
		item["type"], item["id"] = "custom_tool_call", newID("ctc_")
		kind = responsesCustom
	}
	item[kind.field] = ""
	return item, kind
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
