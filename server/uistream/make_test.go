package uistream_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// turn is the log of the turn t1, from its start on.
func turn(t testing.TB, data ...openapi.EventData) *log {
	t.Helper()
	l := &log{suspends: map[uint64]bool{}}
	l.mustAdd(t, openapi.TurnStartedData{Phase: openapi.TurnStartedPhaseStarted, TurnID: "t1"})
	for _, d := range data {
		l.mustAdd(t, d)
	}
	return l
}

func ended(status openapi.TurnStatus) openapi.TurnEndedData {
	return openapi.TurnEndedData{Phase: openapi.TurnEndedPhaseEnded, TurnID: "t1", Status: status}
}

var done = ended(openapi.TurnStatusCompleted)

func item(id string, kind openapi.ItemKind, role openapi.ItemRole, parts ...openapi.Part) openapi.Item {
	return openapi.Item{ItemID: id, Kind: kind, Role: &role, Content: openapi.Parts(parts...)}
}

// says is a message of the agent's.
func says(id string, parts ...openapi.Part) openapi.Item {
	return item(id, openapi.ItemKindMessage, openapi.ItemRoleAssistant, parts...)
}

func text(s string) openapi.TextPart { return openapi.TextPart{Text: s} }

func thought(s string) openapi.ReasoningPart {
	return openapi.ReasoningPart{Text: s, Visibility: openapi.ReasoningVisibilityPublic}
}

func calls(id, call, name, arguments string) openapi.Item {
	return item(id, openapi.ItemKindToolCall, openapi.ItemRoleAssistant,
		openapi.ToolCallPart{Name: name, Arguments: arguments, CallID: call})
}

func gave(id, call, output string) openapi.Item {
	return item(id, openapi.ItemKindToolResult, openapi.ItemRoleTool, openapi.ToolResultPart{CallID: call, Output: output})
}

func started(i openapi.Item) openapi.ItemStartedData {
	i.Status = openapi.ItemStatusInProgress
	return openapi.ItemStartedData{Item: i}
}

func completed(i openapi.Item) openapi.ItemCompletedData {
	i.Status = openapi.ItemStatusCompleted
	return openapi.ItemCompletedData{Item: i}
}

func failed(i openapi.Item) openapi.ItemCompletedData {
	i.Status = openapi.ItemStatusFailed
	return openapi.ItemCompletedData{Item: i}
}

func delta(id, text string) openapi.ItemDeltaData {
	return openapi.ItemDeltaData{ItemID: id, Delta: text}
}

func partDelta(id string, part openapi.DeltaPart, text string) openapi.ItemDeltaData {
	return openapi.ItemDeltaData{ItemID: id, Part: part, Delta: text}
}

// requested is a call of a tool of the client's, by the item.
func requested(call, item string) openapi.ToolRequestedData {
	return openapi.ToolRequestedData{
		ToolCallID: call, Name: "ask", Arguments: json.RawMessage(`{}`), Source: openapi.ToolSourceLLM, ItemID: item,
	}
}

func resolved(call, result string) openapi.ToolResolvedData {
	return openapi.ToolResolvedData{
		ToolCallID: call, Name: "ask", Status: openapi.ToolStatusCompleted, Result: json.RawMessage(result),
	}
}

func step(id, kind string, display openapi.Display) openapi.BlockStartedData {
	return openapi.BlockStartedData{BlockID: id, Name: "Do", Type: kind, Display: display}
}

// brief writes UI events without what starts and blocks say of themselves.
func brief(events []uistream.Event) []string {
	var out []string
	for _, e := range events {
		u := e.Data
		words := []string{u.Type, u.BlockID, u.ID, u.ToolCallID, u.ToolName, u.Name, u.Delta, u.InputTextDelta, string(u.Input),
			string(u.Output), string(u.Value), u.Error, u.FinishReason, u.ErrorType, u.ResponseType, u.URL}
		for _, c := range u.ToolCalls {
			words = append(words, c.ToolCallID)
		}
		out = append(out, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
	}
	return out
}

// same compares lists line by line.
func same(t *testing.T, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
