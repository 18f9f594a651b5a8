package provider

import (
	"cmp"
	"encoding/json"

	"github.com/openai/openai-go/v3"
)

// nameless ends an answer: nobody could say which tool is meant.
func nameless() error {
	return &Error{Kind: KindProvider, Message: "the model called a tool without saying which"}
}

// openAICall is a tool call while it comes.
type openAICall struct {
	id, name string // as the server said them
	held     string // input that came before the name
	block    *block // nil until the name is known
}

func (e *openAIEvents) call(a *assembly, delta openai.ChatCompletionChunkChoiceDeltaToolCall) error {
	c := e.calls[delta.Index]
	if c == nil || c.isOver(delta) {
		c = &openAICall{}
		e.calls[delta.Index] = c
		e.all = append(e.all, c)
	}
	c.id, c.name = cmp.Or(c.id, delta.ID), cmp.Or(c.name, delta.Function.Name)
	c.held += delta.Function.Arguments
	if c.name == "" {
		return nil
	}
	if c.block == nil {
		c.block = a.startCall(c.id, c.name)
	}
	input := c.held
	c.held = ""
	return a.addInput(c.block, input)
}

// isOver tells a delta that belongs to another call, of servers that send whole calls and give all of them one index.
func (c *openAICall) isOver(delta openai.ChatCompletionChunkChoiceDeltaToolCall) bool {
	if c.id != "" && delta.ID != "" {
		return c.id != delta.ID
	}
	return delta.ID == "" && delta.Function.Name != "" && delta.Function.Arguments != "" &&
		c.block != nil && json.Valid([]byte(c.block.input.String()))
}
