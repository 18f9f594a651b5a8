package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// TestRollback of a declared agent, as the SDK asks for it from 2.14 on: what came after a message is forgotten, by the chat and
// by the model.
func TestRollback(t *testing.T) {
	t.Parallel()
	provider := model.Start(t)
	s := sdkServer(t, provider)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := s.client(client.WithToken(sdkToken))
	created, err := c.CreateAgentSession(ctx, openapi.CreateAgentSessionRequest{AgentID: "desk", Input: map[string]any{"COMPANY_NAME": "Acme"}})
	if err != nil {
		t.Fatal(err)
	}
	say := func(text string, rollback openapi.Rollback) {
		t.Helper()
		req := openapi.TriggerRequest{TriggerName: "user-message", Input: map[string]any{"USER_MESSAGE": "say " + text}, Rollback: rollback}
		if got := said(t, c.TriggerAgentSession(ctx, created.SessionID, req)); got != text {
			t.Errorf("it said %q", got)
		}
	}
	messages := func() (list []openapi.UIMessage) {
		t.Helper()
		view, err := c.GetAgentSession(ctx, created.SessionID)
		if err != nil {
			t.Fatal(err)
		}
		return *view.Messages
	}
	say("one", openapi.Rollback{})
	say("two", openapi.Rollback{})
	say("three", openapi.Rollback{Set: true, After: &messages()[1].ID})
	if got := messages(); len(got) != 4 || got[1].Parts[0].Text != "one" || got[3].Parts[0].Text != "three" {
		t.Errorf("after the first answer: %+v", got)
	}
	if got := lastRequest(provider); got != "user say one, assistant one, user say three" {
		t.Errorf("the model was asked: %s", got)
	}
	unknown := openapi.TriggerRequest{
		TriggerName: "user-message", Input: map[string]any{"USER_MESSAGE": "say x"}, Rollback: openapi.Rollback{Set: true, After: new("msg_none")},
	}
	var refused *client.Error
	for _, err := range c.TriggerAgentSession(ctx, created.SessionID, unknown) {
		errors.As(err, &refused)
	}
	if refused == nil || refused.Problem.Status != 400 || !strings.Contains(refused.Problem.Detail, "unknown message: msg_none") {
		t.Errorf("an unknown message: %v", refused)
	}
	if got := messages(); len(got) != 4 {
		t.Errorf("after a refusal: %+v", got)
	}
	say("four", openapi.Rollback{Set: true})
	if got := messages(); len(got) != 2 || got[1].Parts[0].Text != "four" {
		t.Errorf("after nothing: %+v", got)
	}
	if got := lastRequest(provider); got != "user say four" {
		t.Errorf("the model was asked: %s", got)
	}
}

// lastRequest is the conversation that a model was last asked to go on with.
func lastRequest(provider *model.Server) string {
	requests := provider.Requests()
	var said []string
	for _, m := range requests[len(requests)-1].Messages {
		for _, p := range m.Parts {
			said = append(said, m.Role+" "+p.Text)
		}
	}
	return strings.Join(said, ", ")
}
