package uistream

import (
	"cmp"
	"encoding/json"

	"github.com/parleyhq/parley/openapi"
)

// request notes a call that the client has to execute. One that has no item of its own is shown here.
func (t *turn) request(d openapi.ToolRequestedData) {
	c := t.callOf(d.ToolCallID)
	if c.request != nil || c.answered {
		return
	}
	c.request = &openapi.UIToolCall{
		ToolCallID: c.id, ToolName: cmp.Or(d.Name, "tool"), Args: object(string(d.Arguments)), Source: source(d.Source),
		OutputVariable: d.OutputVariable, BlockIndex: d.BlockIndex, Thread: otherThread(d.Thread),
	}
	if d.ItemID == "" && !c.shown {
		c.display = t.display()
		c.hidden = c.hidden || c.display == openapi.DisplayHidden
		t.show(c, c.request.ToolName, "", "")
		t.available(c, string(c.request.Args))
	}
}

// waiting are the calls that the client has to execute and has not answered, as they came.
func (t *turn) waiting() []openapi.UIToolCall {
	var calls []openapi.UIToolCall
	for _, c := range t.order {
		if c.request != nil && !c.answered {
			calls = append(calls, *c.request)
		}
	}
	return calls
}

// resolve shows what became of a call that the client had to execute.
func (t *turn) resolve(d openapi.ToolResolvedData) {
	c := t.calls[d.ToolCallID]
	if c == nil || c.request == nil || c.answered {
		return
	}
	c.answered = true
	if !c.shown {
		return
	}
	t.available(c, string(c.request.Args))
	switch d.Status {
	case openapi.ToolStatusCancelled:
		t.cancel(c, d.Error)
		return
	case openapi.ToolStatusFailed:
		t.refuse(c, d.Error)
	default:
		t.output(c, value(d.Result))
	}
	t.out[len(t.out)-1].call = c.id
}

// cancel says that nobody will answer a call.
func (t *turn) cancel(c *call, why string) {
	t.refuse(c, cmp.Or(why, textCancelled))
	t.out[len(t.out)-1].cancelled = true
}

// source is who calls. Clients know no others, and drop the request with them.
func source(s openapi.ToolSource) string {
	if s == openapi.ToolSourceLLM || s == openapi.ToolSourceBlock {
		return string(s)
	}
	return ""
}

// value is a JSON value that must be there: null is one, nothing is none.
func value(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// object makes an object of a call's arguments.
func object(arguments string) json.RawMessage {
	var fields map[string]json.RawMessage
	switch raw := json.RawMessage(arguments); {
	case json.Unmarshal(raw, &fields) == nil && fields != nil:
		return raw
	case arguments == "" || string(raw) == "null":
		return json.RawMessage("{}")
	case json.Valid(raw):
		return input(raw)
	}
	return input(quote(arguments))
}

func input(raw json.RawMessage) json.RawMessage {
	b, _ := json.Marshal(map[string]json.RawMessage{"input": raw}) // it is valid
	return b
}
