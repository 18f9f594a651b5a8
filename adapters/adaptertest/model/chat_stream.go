package model

import (
	"encoding/json"
	"time"
)

// chatStream answers with the chunks of the chat completions API.
type chatStream struct {
	sse
	id, model string
	usage     *usage // nil when the client did not ask for it
	block     block
	calls     int
}

// chunk writes one chunk. finish is the reason of the last one.
func (c *chatStream) chunk(delta object, finish any) {
	c.envelope(object{"choices": []any{object{"index": 0, "delta": delta, "finish_reason": finish}}})
}

func (c *chatStream) envelope(fields object) {
	fields["id"], fields["object"], fields["created"], fields["model"] = c.id, "chat.completion.chunk", time.Now().Unix(), c.model
	c.data(fields)
}

func (c *chatStream) data(value any) {
	data, _ := json.Marshal(value) // maps and strings: cannot fail
	c.event("", data)
}

func (c *chatStream) begin() {
	if c.sse.begin() {
		c.chunk(object{"role": "assistant", "content": ""}, nil)
	}
}

func (c *chatStream) open(b block) {
	c.begin()
	c.block = b
	if b.tool == "" {
		return
	}
	function := object{"name": b.tool, "arguments": ""}
	c.chunk(toolDelta(object{"index": c.calls, "id": newID("call_"), "type": "function", "function": function}), nil)
}

func (c *chatStream) delta(piece string) {
	switch {
	case c.block.tool != "":
		c.chunk(toolDelta(object{"index": c.calls, "function": object{"arguments": piece}}), nil)
	case c.block.thinking:
		c.chunk(object{"reasoning_content": piece}, nil)
	default:
		c.chunk(object{"content": piece}, nil)
	}
}

func toolDelta(call object) object { return object{"tool_calls": []any{call}} }

func (c *chatStream) close() {
	if c.block.tool != "" {
		c.calls++
	}
}

func (c *chatStream) fail(status int, text string) {
	if !c.begun {
		writeOpenAIError(c.w, status, text)
		return
	}
	c.data(object{"error": openAIError(status, text)})
}

func (c *chatStream) end() {
	c.begin()
	finish := "stop"
	if c.calls > 0 {
		finish = "tool_calls"
	}
	c.chunk(object{}, finish)
	if c.usage != nil {
		c.envelope(object{"choices": []any{}, "usage": chatUsage(*c.usage)})
	}
	c.event("", []byte("[DONE]"))
}

func chatUsage(u usage) object {
	return object{
		"prompt_tokens": u.input, "prompt_tokens_details": object{"cached_tokens": u.cached},
		"completion_tokens": u.output, "completion_tokens_details": object{"reasoning_tokens": u.reasoning},
		"total_tokens": u.input + u.output,
	}
}
