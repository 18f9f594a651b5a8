package uistream

import (
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// The reasons why a leg ends.
const (
	finishStop      = "stop"
	finishToolCalls = "tool-calls"
	finishOther     = "other"
)

// end closes all that is open and says how the turn ended.
func (t *turn) end(d openapi.TurnEndedData) {
	if t.ended {
		return
	}
	t.ended = true
	t.endProse()
	for _, c := range t.order {
		t.endCall(c, d.Status)
	}
	t.endOwn()
	for _, b := range slices.Backward(t.steps) {
		t.say(openapi.UIEvent{Type: openapi.UIBlockEnd, BlockID: b.id})
	}
	if d.Status == openapi.TurnStatusFailed {
		t.say(fault(t.failure))
		return
	}
	t.say(openapi.UIEvent{Type: openapi.UIFinish, FinishReason: finishReason(d)})
}

// endCall closes a call that was not answered. A turn that has come to its end says by it that its own tools are done.
func (t *turn) endCall(c *call, status openapi.TurnStatus) {
	if c.answered {
		return
	}
	c.answered = true
	if !c.shown {
		return
	}
	t.available(c, c.heard())
	switch ended := status == openapi.TurnStatusInterrupted || status == openapi.TurnStatusFailed; {
	case ended || c.request != nil:
		t.cancel(c, "")
	case c.failed:
		t.refuse(c, "")
	default:
		t.output(c, nil)
	}
}

// finishReason is why the model stopped. tool-calls would be read as a request, and the turn is over.
func finishReason(d openapi.TurnEndedData) string {
	switch r := d.FinishReason; {
	case d.Status == openapi.TurnStatusInterrupted || r == "":
		return finishStop
	case slices.Contains([]string{finishStop, "length", "content-filter", "error"}, r):
		return r
	}
	return finishOther
}
