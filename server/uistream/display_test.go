package uistream_test

import (
	"cmp"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// displays are how much people see of the calls of a log: what their items say, else the step that makes them.
func displays(l *log) map[string]openapi.Display {
	shown := map[string]openapi.Display{}
	var step openapi.Display
	note := func(item openapi.Item) {
		for _, c := range item.Content {
			if p, ok := c.Part.(openapi.ToolCallPart); ok {
				shown[p.CallID] = cmp.Or(p.Display, openapi.DisplayStream)
			}
		}
	}
	for _, e := range l.events {
		switch d := e.Data.(type) {
		case openapi.BlockStartedData:
			step = d.Display
		case openapi.BlockEndedData, openapi.TurnEndedData:
			step = ""
		case openapi.ItemStartedData:
			note(d.Item)
		case openapi.ItemCompletedData:
			note(d.Item)
		case openapi.ToolRequestedData:
			if shown[d.ToolCallID] == "" {
				shown[d.ToolCallID] = cmp.Or(step, openapi.DisplayStream)
			}
		}
	}
	return shown
}

// replaced are the items of structured output that has failed and came once more in its step.
func replaced(l *log) []string {
	var gone []string
	failed := ""
	for _, e := range l.events {
		switch d := e.Data.(type) {
		case openapi.BlockStartedData, openapi.BlockEndedData, openapi.TurnStartedData:
			failed = ""
		case openapi.ItemStartedData:
			if failed != "" && structured(d.Item) {
				gone, failed = append(gone, failed), ""
			}
		case openapi.ItemCompletedData:
			if structured(d.Item) && d.Item.Status == openapi.ItemStatusFailed {
				failed = d.Item.ItemID
			}
		}
	}
	return gone
}

func structured(item openapi.Item) bool {
	for _, c := range item.Content {
		if p, ok := c.Part.(openapi.TextPart); ok && p.ResponseType != "" {
			return true
		}
	}
	return false
}

// kept is the message that is read later, of one that was followed.
func kept(m openapi.UIMessage, l *log) openapi.UIMessage {
	gone := replaced(l)
	m.Parts = slices.DeleteFunc(m.Parts, func(p openapi.UIPart) bool { return p.Type == "object" && slices.Contains(gone, p.ID) })
	return forget(m, displays(l))
}

// forget leaves out the results that are shown as they come, and not kept.
func forget(m openapi.UIMessage, shown map[string]openapi.Display) openapi.UIMessage {
	for i, p := range m.Parts {
		if display := shown[p.ToolCallID]; display != "" && display != openapi.DisplayStream {
			m.Parts[i].Result = nil
		}
	}
	return m
}
