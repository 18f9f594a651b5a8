package e2e

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// TestDeclared runs the example's declared agent behind the binary, in both wires of model providers: its tools are executed
// here, and the server is killed between a request and its result.
func TestDeclared(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"anthropic/scripted-large", "openai/scripted-large"} {
		t.Run(strings.Split(name, "/")[0], func(t *testing.T) {
			t.Parallel()
			provider := model.Start(t)
			s := newServer(t, "--agents-dir", "../../../../examples")
			s.env = append(os.Environ(), "ANTHROPIC_BASE_URL="+provider.URL, "ANTHROPIC_API_KEY=test", "OPENAI_BASE_URL="+provider.URL+"/v1", "OPENAI_API_KEY=test")
			s.start()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			c := s.client()
			created, err := c.CreateAgentSession(ctx, openapi.CreateAgentSessionRequest{
				AgentID: "support-agent", Input: map[string]any{"COMPANY_NAME": "Acme", "MODEL": name},
			})
			if err != nil {
				t.Fatal(err)
			}
			tools := client.Tools{"find-order": func(_ context.Context, args json.RawMessage) (any, error) {
				return map[string]string{"state": "shipped", "asked": string(args)}, nil
			}}
			say := func(text string) string {
				t.Helper()
				return said(t, c.Trigger(ctx, created.SessionID, "user-message", map[string]any{"USER_MESSAGE": text}, client.WithTools(tools)))
			}
			if got := say("say hello from the model"); got != "hello from the model" {
				t.Errorf("it said %q", got)
			}
			if got := say(`tool find-order {"orderId":"A-1"}` + "\nresult"); !strings.Contains(got, "shipped") {
				t.Errorf("it said %q", got)
			}

			var request openapi.UIEvent
			trigger := openapi.TriggerRequest{TriggerName: "user-message", Input: map[string]any{"USER_MESSAGE": `tool find-order {"orderId":"A-2"}` + "\nresult"}}
			for e, err := range c.TriggerAgentSession(ctx, created.SessionID, trigger) {
				if err != nil {
					t.Fatal(err)
				}
				if e.Type == openapi.UIToolRequest {
					request = e
				}
			}
			if len(request.ToolCalls) != 1 {
				t.Fatalf("got %+v", request)
			}
			s.kill()
			s.start()
			got := said(t, c.TriggerAgentSession(ctx, created.SessionID, openapi.TriggerRequest{ToolResults: []openapi.ToolResult{
				{ToolCallID: request.ToolCalls[0].ToolCallID, Result: json.RawMessage(`"found after the restart"`)},
			}}))
			if !strings.Contains(got, "found after the restart") {
				t.Errorf("after the restart it said %q", got)
			}

			view, err := c.GetAgentSession(ctx, created.SessionID)
			if err != nil || len(*view.Messages) != 6 {
				t.Errorf("got %+v, %v", view.Messages, err)
			}
		})
	}
}

// said is the text of a UI stream.
func said(t *testing.T, events func(func(openapi.UIEvent, error) bool)) (text string) {
	t.Helper()
	for e, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		if e.Type == openapi.UIError {
			t.Errorf("the run failed: %+v", e)
		}
		text += e.Delta
	}
	return text
}
