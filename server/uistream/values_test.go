package uistream_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

func TestValues(t *testing.T) {
	t.Parallel()
	resources, variables := uistream.Resources{}, uistream.Variables{}
	add := func(data openapi.EventData) {
		resources.Add(openapi.Event{Data: data})
		variables.Add(openapi.Event{Data: data})
	}
	add(openapi.ResourceUpdatedData{Name: "A", Value: json.RawMessage(`1`)})
	add(openapi.ResourceUpdatedData{Name: "A", Value: json.RawMessage(`{"b":2}`)})
	add(openapi.ResourceUpdatedData{Name: "N"})
	add(openapi.VariableUpdatedData{Name: "A", Value: json.RawMessage(`"x"`)})
	add(openapi.SessionExpiredData{})
	if got := encode(t, resources); got != `{"A":{"b":2},"N":null}` {
		t.Errorf("the resources are %s", got)
	}
	if got := encode(t, variables); got != `{"A":"x"}` {
		t.Errorf("the variables are %s", got)
	}
	add(openapi.SessionRestoredData{})
	if len(resources) != 0 || len(variables) != 0 {
		t.Errorf("a restored session has %v and %v", resources, variables)
	}
}

func TestLogEntry(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 15, 4, 5, 6000000, time.FixedZone("", 3600))
	got, err := uistream.LogEntry(openapi.Event{
		EventID: "evt_1_2", Time: at, Data: openapi.ResourceUpdatedData{Name: "A", Value: json.RawMessage(`[1]`)},
	})
	want := `{"data":{"name":"A","value":[1]},"id":"evt_1_2","timestamp":"2026-01-02T14:04:05.006Z","type":"resource.updated"}`
	if err != nil || encode(t, got) != want {
		t.Errorf("the entry is %s, %v", encode(t, got), err)
	}
	if _, err := uistream.LogEntry(openapi.Event{Data: openapi.UnknownData{Type: "new", JSON: json.RawMessage(`{`)}}); err == nil {
		t.Error("data that are no JSON make an entry")
	}
}

// TestChatMessages shows what the full state says beside what a message says, part by part.
func TestChatMessages(t *testing.T) {
	t.Parallel()
	parts := []openapi.UIPart{
		{Type: "text", Text: "a", Status: "done"}, {Type: "text", Text: "aside", Status: "done", Thread: "side"}, {Type: "text", Text: "b", Status: "done"},
		{Type: "reasoning", Text: "hm", Status: "done"},
		{Type: "tool-call", ToolCallID: "c", ToolName: "x", Status: "pending"}, {Type: "tool-call", ToolCallID: "c", ToolName: "x", Status: "running"},
		{Type: "tool-call", ToolCallID: "c", ToolName: "x", Status: "done", Result: []byte(`1`)},
		{Type: "source", SourceType: "url", ID: "s", URL: "u"}, {Type: "object", ID: "o", TypeName: "T", Status: "streaming"},
		{Type: "operation", OperationID: "p", Name: "n", OperationType: "set-resource", Status: "done"},
	}
	m := openapi.UIMessage{ID: "m", Role: "assistant", Status: "done", CreatedAt: "2026-01-01T00:00:00Z", Parts: parts}
	const head = `{"createdAt":"2026-01-01T00:00:00Z","id":"m","role":"assistant","status":"done","parts":[`
	const seed = `{"type":"text","status":"done","text":"a","visible":true,"content":"a"},` +
		`{"type":"text","status":"done","thread":"side","text":"aside","visible":true,"content":"aside"},` +
		`{"type":"text","status":"done","text":"b","visible":true,"content":"b"},` +
		`{"type":"reasoning","status":"done","text":"hm","visible":true,"content":"hm"},` +
		`{"type":"tool-call","status":"pending","toolCallId":"c","toolName":"x","args":{},"visible":true,"toolCall":{"id":"c","name":"x","arguments":{},"status":"streaming"}},` +
		`{"type":"tool-call","status":"running","toolCallId":"c","toolName":"x","args":{},"visible":true,"toolCall":{"id":"c","name":"x","arguments":{},"status":"pending"}},` +
		`{"type":"tool-call","status":"done","toolCallId":"c","toolName":"x","args":{},"result":1,"visible":true,"toolCall":{"id":"c","name":"x","arguments":{},"status":"available","result":1}},` +
		`{"type":"source","id":"s","url":"u","sourceType":"url","visible":true,"source":{"sourceType":"url","id":"s","url":"u"}},` +
		`{"type":"object","status":"streaming","id":"o","typeName":"T","visible":true,"object":{"id":"o","typeName":"T","value":null}}`
	const tail = `],"content":"ab","visible":true}`
	if got := encode(t, uistream.ChatMessages([]openapi.UIMessage{m}, 0)[0]); got != head+seed+tail {
		t.Errorf("the message is\n%s\nwant\n%s", got, head+seed+tail)
	}
	const operation = `,{"type":"operation","status":"done","operationId":"p","name":"n","operationType":"set-resource","visible":true}`
	if got := encode(t, uistream.ChatMessages([]openapi.UIMessage{m}, 4)[0]); got != head+seed+operation+tail {
		t.Errorf("since 4 the message is\n%s", got)
	}
	if got := encode(t, uistream.ChatMessages(nil, 0)); got != "[]" {
		t.Errorf("no messages are %s", got)
	}
}
