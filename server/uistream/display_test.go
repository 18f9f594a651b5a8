package uistream_test

import (
	"cmp"

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

// forget leaves out the results that are shown as they come, and not kept.
func forget(m openapi.UIMessage, shown map[string]openapi.Display) openapi.UIMessage {
	for i, p := range m.Parts {
		if display := shown[p.ToolCallID]; display != "" && display != openapi.DisplayStream {
			m.Parts[i].Result = nil
		}
	}
	return m
}
