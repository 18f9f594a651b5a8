package uistream

import (
	"github.com/parleyhq/parley/openapi"
)

// call passes on what is said of a tool call.
func (a *AISDK) call(u openapi.UIEvent) {
	if !a.hold(u) {
		a.tell(u)
	}
}

func (a *AISDK) tell(u openapi.UIEvent) {
	c := Chunk{Type: u.Type, ToolCallID: u.ToolCallID}
	switch u.Type {
	case openapi.UIToolInputStart:
		a.next()
		put(&a.partial, u.ToolCallID, true)
		a.ask(u.ToolCallID)
		c.ToolName, c.Title, c.Dynamic = u.ToolName, u.Title, true
	case openapi.UIToolInputDelta:
		if !a.partial[u.ToolCallID] {
			return // it began in the response before this one
		}
		c.InputTextDelta = u.InputTextDelta
	case openapi.UIToolInputAvailable:
		a.available(u.ToolCallID, u.ToolName, u.Input, true)
		return
	case openapi.UIToolOutputAvailable:
		c.Output, c.Dynamic = u.Output, true
		delete(a.calls, u.ToolCallID)
	case openapi.UIToolOutputError:
		c.ErrorText, c.Dynamic = u.Error, true
		delete(a.calls, u.ToolCallID)
	default:
		return // tool-input-end: there is no such chunk
	}
	a.content(c)
}

// ask notes that the step has a call that waits for its answer.
func (a *AISDK) ask(id string) {
	a.called = true
	put(&a.calls, id, true)
}

func (a *AISDK) available(id, name string, input []byte, elsewhere bool) {
	if !a.calls[id] {
		a.next()
		a.ask(id)
	}
	delete(a.partial, id)
	a.content(Chunk{
		Type: openapi.UIToolInputAvailable, ToolCallID: id, ToolName: name, Input: input, Dynamic: true, ProviderExecuted: &elsewhere,
	})
}

// request hands calls to the client, also those that nobody was shown.
func (a *AISDK) request(calls []openapi.UIToolCall) {
	for _, c := range calls {
		a.show(c.ToolCallID)
		a.available(c.ToolCallID, c.ToolName, c.Args, false)
	}
}
