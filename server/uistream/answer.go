package uistream

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// What is said of a call for which there is nothing better to say.
const (
	textCancelled = "The tool call was cancelled."
	textFailed    = "The tool call failed."
)

// answer shows what a tool of the agent's own gave. What a tool of the client's gave was shown when it came.
func (t *turn) answer(it *item, in openapi.Item) {
	c := t.calls[answered(in)]
	if c == nil || c.request != nil || c.answered {
		return
	}
	c.answered = true
	if !c.shown {
		return
	}
	t.available(c, c.heard())
	switch {
	case in.Status == openapi.ItemStatusFailed:
		t.refuse(c, errorText(in))
	case it.hidden:
		t.output(c, nil)
	default:
		t.output(c, outcome(in))
	}
}

func (t *turn) output(c *call, value json.RawMessage) {
	if len(value) == 0 || !c.showsInput() {
		value = json.RawMessage(`""`) // a required field
	}
	t.say(openapi.UIEvent{Type: openapi.UIToolOutputAvailable, ToolCallID: c.id, Output: value})
	t.out[len(t.out)-1].passing = !c.keepsResult()
}

func (t *turn) refuse(c *call, why string) {
	t.say(openapi.UIEvent{Type: openapi.UIToolOutputError, ToolCallID: c.id, Error: cmp.Or(why, textFailed)})
}

// answered is the id of the call that a result answers.
func answered(in openapi.Item) string {
	for _, c := range in.Content {
		if part, ok := c.Part.(openapi.ToolResultPart); ok {
			return part.CallID
		}
	}
	return ""
}

// outcome is what a tool gave: its text, else its data.
func outcome(in openapi.Item) json.RawMessage {
	var data json.RawMessage
	for _, c := range in.Content {
		switch part := c.Part.(type) {
		case openapi.ToolResultPart:
			if part.Output != "" {
				return quote(part.Output)
			}
		case openapi.JSONPart:
			data = part.JSON
		}
	}
	return data
}

// errorText is why a tool failed, as it says so itself.
func errorText(in openapi.Item) string {
	for _, c := range in.Content {
		if part, ok := c.Part.(openapi.ToolResultPart); ok {
			return strings.TrimSpace(part.Output)
		}
	}
	return ""
}

func quote(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string always can
	return b
}
