package uistream

import (
	"encoding/json"

	"github.com/parleyhq/parley/openapi"
)

// addCall does what a client does with what it is told of a tool call.
func (f *fold) addCall(u said) {
	if u.Type == openapi.UIToolInputStart {
		f.calls[u.ToolCallID] = f.begin(openapi.UIPart{
			Type: partToolCall, ToolCallID: u.ToolCallID, ToolName: u.ToolName, DisplayName: u.Title,
			Args: json.RawMessage("{}"), Status: statusPending,
		})
		return
	}
	p := f.calls[u.ToolCallID]
	if p == nil {
		return
	}
	switch u.Type {
	case openapi.UIToolInputAvailable:
		p.Args, p.Status = u.Input, statusRunning
	case openapi.UIToolOutputAvailable:
		p.Status = statusDone
		if !u.passing {
			p.Result = u.Output
		}
	case openapi.UIToolOutputError:
		p.Error, p.Status = u.Error, statusError
		if u.cancelled {
			p.Status = statusCancelled
		}
	}
}
