package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// errSuspended ends a leg of a turn: the tools that it has called have the word.
var errSuspended = errors.New("mock: the turn waits for its tools")

// rounds calls tools round by round, and says what they gave. The agent remembers nothing: how far it came the results tell.
// A round without any result has not begun; its calls are said before the first is made, so that one that has begun, and was cut
// by the end of the server, has said them all.
func (t trigger) rounds(rounds [][]adapters.ToolCall) script {
	next := slices.IndexFunc(rounds, func(r []adapters.ToolCall) bool { return len(t.open(r)) > 0 })
	if next < 0 {
		return append(t.given(rounds[len(rounds)-1]), t.echo(t.sum(slices.Concat(rounds...)))...)
	}
	var s script
	open := t.open(rounds[next])
	if len(open) == len(rounds[next]) {
		if next > 0 {
			s = t.given(rounds[next-1])
		}
		s = append(s, announce(open)...)
	}
	for _, call := range open {
		s = append(s, request(call))
	}
	return append(s, func(*turn) error { return errSuspended })
}

// open are the calls that have no result.
func (t trigger) open(round []adapters.ToolCall) []adapters.ToolCall {
	var open []adapters.ToolCall
	for _, call := range round {
		if _, ok := t.results[call.ID]; !ok {
			open = append(open, call)
		}
	}
	return open
}

// announce says the items of calls.
func announce(calls []adapters.ToolCall) script {
	var s script
	for _, call := range calls {
		part := openapi.ToolCallPart{Name: call.Name, Arguments: "{}", CallID: call.ID}
		begun := newItem(call.ID, openapi.ItemKindToolCall, openapi.ItemRoleAssistant, part)
		part.Arguments = string(call.Arguments)
		whole := newItem(call.ID, openapi.ItemKindToolCall, openapi.ItemRoleAssistant, part)
		s = append(s, written(begun, whole, openapi.DeltaPartToolInput, part.Arguments)...)
	}
	return s
}

// request calls a tool. The result comes to the next leg.
func request(call adapters.ToolCall) step {
	return func(t *turn) error {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		_, err := t.host.CallTool(call)
		return err
	}
}

// given are the items of results.
func (t trigger) given(calls []adapters.ToolCall) script {
	var s script
	for _, call := range calls {
		part := openapi.ToolResultPart{CallID: call.ID, Output: t.result(call)}
		item := newItem(call.ID+"_result", openapi.ItemKindToolResult, openapi.ItemRoleTool, part)
		item.ParentID = &call.ID
		end := completed(item)
		if t.results[call.ID].Status != openapi.ToolStatusCompleted {
			end = failed(item)
		}
		s = append(s, started(item), end)
	}
	return s
}

// sum is what all tools gave.
func (t trigger) sum(calls []adapters.ToolCall) string {
	var texts []string
	for _, call := range calls {
		texts = append(texts, t.result(call))
	}
	return strings.Join(texts, "; ")
}

// result is what a tool gave, or why it did not.
func (t trigger) result(call adapters.ToolCall) string {
	r := t.results[call.ID]
	if r.Status != openapi.ToolStatusCompleted {
		return r.Error
	}
	return plain(r.Result)
}

// plain is JSON in one line, as it is written everywhere but in the log, which escapes what web pages could stumble over.
func plain(value json.RawMessage) string {
	var line bytes.Buffer
	if json.Compact(&line, value) != nil {
		return string(value)
	}
	return unescape.Replace(line.String())
}

var unescape = strings.NewReplacer(`\\`, `\\`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
