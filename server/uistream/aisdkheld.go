package uistream

import (
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// heldCall is a call of a tool of the client's, of which readers are told when it is known who executes it.
type heldCall struct{ start, input openapi.UIEvent }

// hold keeps back what is said of a call that the client may be asked for. What it gave tells that it was not.
func (a *AISDK) hold(u openapi.UIEvent) bool {
	h, held := a.held[u.ToolCallID]
	switch u.Type {
	case openapi.UIToolInputStart:
		h.start, held = u, slices.Contains(a.ClientTools, u.ToolName)
	case openapi.UIToolInputAvailable:
		h.input = u
	case openapi.UIToolOutputAvailable, openapi.UIToolOutputError:
		if held {
			a.show(u.ToolCallID)
			a.tell(h.input)
		}
		return false
	}
	if held {
		put(&a.held, u.ToolCallID, h)
	}
	return held
}

// show says that a call begins that was held back.
func (a *AISDK) show(id string) {
	if h, held := a.held[id]; held {
		delete(a.held, id)
		a.tell(h.start)
	}
}
