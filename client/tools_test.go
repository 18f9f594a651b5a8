package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func ui(events ...string) string {
	var b strings.Builder
	for i, e := range events {
		fmt.Fprintf(&b, "id: 7.%d\ndata: %s\n\n", i, e)
	}
	return b.String() + "data: [DONE]\n\n"
}

// Trigger executes what the agent asks for, and sends all results of a request together.
func TestTriggerExecutesTools(t *testing.T) {
	t.Parallel()
	w := newWire(t,
		frames(ui(`{"type":"start","executionId":"turn_1"}`,
			`{"type":"tool-request","toolCalls":[{"toolCallId":"a","toolName":"double","args":{"n":2}},{"toolCallId":"b","toolName":"broken","args":{}},`+
				`{"toolCallId":"c","toolName":"missing","args":{}},{"toolCallId":"d","toolName":"panics","args":{}}]}`,
			`{"type":"finish","finishReason":"tool-calls"}`)),
		frames(ui(`{"type":"start","executionId":"turn_1"}`, `{"type":"text-delta","id":"x","delta":"four"}`, `{"type":"finish","finishReason":"stop"}`)))
	tools := client.Tools{
		"double": func(_ context.Context, args json.RawMessage) (any, error) {
			var in struct{ N int }
			err := json.Unmarshal(args, &in)
			return 2 * in.N, err
		},
		"broken": func(context.Context, json.RawMessage) (any, error) { return nil, errors.New("no luck") },
		"panics": func(context.Context, json.RawMessage) (any, error) { panic("oh") },
	}
	events, err := collectUI(w.client().Trigger(t.Context(), "s", "user-message", map[string]any{"USER_MESSAGE": "hi"}, client.WithTools(tools)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, strings.TrimSpace(e.Type+" "+e.ToolCallID+" "+string(e.Output)+e.Error+e.FinishReason))
	}
	want := []string{"start", "tool-output-available a 4", "tool-output-error b no luck", "tool-output-error c no handler for tool: missing",
		"tool-output-error d the tool panicked: oh", "start", "text-delta", "finish  stop"}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	asked := w.asked(2)
	var second openapi.TriggerRequest
	if err := json.Unmarshal([]byte(asked[1].body), &second); err != nil {
		t.Fatal(err)
	}
	if second.ExecutionID != "turn_1" || second.TriggerName != "" || len(second.ToolResults) != 4 || string(second.ToolResults[0].Result) != "4" {
		t.Errorf("sent %s", asked[1].body)
	}
}

func TestUIStreamThatIsCut(t *testing.T) {
	t.Parallel()
	w := newWire(t, frames("data: {\"type\":\"start\"}\n\n"))
	events, err := collectUI(w.client().TriggerAgentSession(t.Context(), "s", openapi.TriggerRequest{TriggerName: "user-message"}))
	if err == nil || len(events) != 1 {
		t.Errorf("got %v, %v", events, err)
	}
}
