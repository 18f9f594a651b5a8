package model

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
