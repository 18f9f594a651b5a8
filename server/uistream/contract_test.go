package uistream_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// required are the fields that clients drop an event without (contract of the agent-sessions API, section 5).
var required = map[string][]string{
	"start":                 {"messageId", "executionId"},
	"finish":                {"finishReason"},
	"error":                 {"errorType", "message", "retryable", "source"},
	"block-start":           {"blockId", "blockName", "blockType", "display"},
	"block-end":             {"blockId"},
	"text-start":            {"id"},
	"text-delta":            {"id", "delta"},
	"text-end":              {"id"},
	"reasoning-start":       {"id"},
	"reasoning-delta":       {"id", "delta"},
	"reasoning-end":         {"id"},
	"tool-input-start":      {"toolCallId", "toolName"},
	"tool-input-delta":      {"toolCallId", "inputTextDelta"},
	"tool-input-end":        {"toolCallId"},
	"tool-input-available":  {"toolCallId", "toolName", "input"},
	"tool-output-available": {"toolCallId", "output"},
	"tool-output-error":     {"toolCallId", "error"},
	"tool-request":          {"toolCalls"},
	"resource-update":       {"name", "value"},
	"file-available":        {"id", "mediaType", "url"},
}

// words are the values that the oldest clients know.
var words = map[string][]string{
	"display":      {"hidden", "name", "description", "stream"},
	"source":       {"platform", "provider", "tool", "client"},
	"finishReason": {"stop", "tool-calls", "length", "content-filter", "error", "other"},
	"errorType": {"authentication_error", "permission_error", "validation_error", "not_found_error", "rate_limit_error",
		"quota_exceeded_error", "provider_error", "provider_overloaded", "provider_timeout", "execution_error", "tool_error",
		"protocol_error", "internal_error", "unknown_error"},
}

// anything are the fields whose value is somebody else's: it may be null.
var anything = []string{"value", "output"}

// keeps says what is wrong with a UI event for the strictest of clients.
func keeps(t testing.TB, u openapi.UIEvent) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(encode(t, u)), &fields); err != nil {
		return err
	}
	names, ok := required[u.Type]
	if !ok {
		return fmt.Errorf("%s is no type of events", u.Type)
	}
	for _, name := range names {
		if v := string(fields[name]); v == "" || v == `""` && !slices.Contains(anything, name) {
			return fmt.Errorf("%s has no %s", u.Type, name)
		}
	}
	for name, v := range fields {
		var word string
		switch _ = json.Unmarshal(v, &word); {
		case string(v) == "null" && !slices.Contains(anything, name):
			return fmt.Errorf("the %s of %s is null", name, u.Type)
		case words[name] != nil && !slices.Contains(words[name], word):
			return fmt.Errorf("the %s of %s is %s", name, u.Type, v)
		}
	}
	return keepsCalls(u)
}

// keepsCalls looks at what stands in lists and objects of a UI event.
func keepsCalls(u openapi.UIEvent) error {
	inputs := []json.RawMessage{}
	if u.Type == openapi.UIToolInputAvailable {
		inputs = append(inputs, u.Input)
	}
	for _, c := range u.ToolCalls {
		inputs = append(inputs, c.Args)
		if c.ToolCallID == "" || c.ToolName == "" || !slices.Contains([]string{"", "llm", "block"}, c.Source) {
			return fmt.Errorf("%+v is no call", c)
		}
	}
	for _, input := range inputs {
		var fields map[string]any
		if json.Unmarshal(input, &fields) != nil || fields == nil {
			return fmt.Errorf("the input %s is no object", input)
		}
	}
	return nil
}

// pairs says what is wrong with the order of a turn's UI events: what begins ends, once, before the turn does, and of texts
// one at a time.
func pairs(events []uistream.Event, over bool) error {
	open, inputs := map[string]bool{}, map[string]string{}
	prose := ""
	for _, e := range events {
		switch u := e.Data; u.Type {
		case "text-start", "reasoning-start":
			if prose != "" || open[u.ID] {
				return fmt.Errorf("%s: %s begins within %s, or again", e.ID, u.ID, prose)
			}
			prose, open[u.ID] = u.ID, true
		case "text-delta", "reasoning-delta":
			if prose != u.ID {
				return fmt.Errorf("%s: a delta of %s within %s", e.ID, u.ID, prose)
			}
		case "text-end", "reasoning-end":
			if prose != u.ID {
				return fmt.Errorf("%s: %s ends within %s", e.ID, u.ID, prose)
			}
			prose = ""
		case "block-start", "block-end":
			if open["block "+u.BlockID] == (u.Type == "block-start") || prose != "" {
				return fmt.Errorf("%s: %s %s, within %s", e.ID, u.Type, u.BlockID, prose)
			}
			open["block "+u.BlockID] = u.Type == "block-start"
		default:
			if before, ok := inputOrder[u.Type]; ok {
				if !slices.Contains(before, inputs[u.ToolCallID]) {
					return fmt.Errorf("%s: %s of %s after %q", e.ID, u.Type, u.ToolCallID, inputs[u.ToolCallID])
				}
				inputs[u.ToolCallID] = u.Type
			}
		}
	}
	return closed(open, inputs, prose, over)
}

// inputOrder is what can come before an event of a call.
var inputOrder = map[string][]string{
	"tool-input-start":      {""},
	"tool-input-delta":      {"tool-input-start", "tool-input-delta"},
	"tool-input-end":        {"tool-input-start", "tool-input-delta"},
	"tool-input-available":  {"tool-input-end"},
	"tool-output-available": {"tool-input-available"},
	"tool-output-error":     {"tool-input-available"},
}

func closed(open map[string]bool, inputs map[string]string, prose string, over bool) error {
	if !over {
		return nil
	}
	for id, isOpen := range open {
		if isOpen && id[:min(6, len(id))] == "block " {
			return fmt.Errorf("%s does not end", id)
		}
	}
	for id, last := range inputs {
		if !slices.Contains([]string{"tool-input-available", "tool-output-available", "tool-output-error"}, last) {
			return fmt.Errorf("the input of %s ends with %s", id, last)
		}
	}
	if prose != "" {
		return fmt.Errorf("%s does not end", prose)
	}
	return nil
}
