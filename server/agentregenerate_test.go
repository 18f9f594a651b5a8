package server

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// teller is an agent that says itself what the user says, as declared agents do, and numbers its answers.
type teller struct {
	bare
	answers *int
}

func (t teller) Info(ctx context.Context) adapters.Info {
	about := t.bare.Info(ctx)
	about.SaysMessages = true
	return about
}

func (t teller) Open(context.Context, adapters.Options) (adapters.Agent, error) { return t, nil }

func (teller) Close(context.Context) error { return nil }

func (t teller) Turn(_ context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	*t.answers++
	said := []struct {
		role openapi.ItemRole
		text string
	}{{openapi.ItemRoleUser, in.Text}, {openapi.ItemRoleAssistant, fmt.Sprint("answer ", *t.answers)}}
	for _, s := range said {
		err := h.Emit(openapi.ItemCompleted{Item: openapi.Item{
			NativeItemID: new(fmt.Sprint(s.role, *t.answers)), Kind: openapi.ItemKindMessage, Role: &s.role,
			Status: openapi.ItemStatusCompleted, Content: openapi.Parts(openapi.TextPart{Text: s.text}),
		}})
		if err != nil {
			return adapters.Outcome{}, err
		}
	}
	return adapters.Outcome{Status: openapi.TurnStatusCompleted}, nil
}

// chatting is the body of a useChat request whose messages are texts of the user's, and answers to all but the last one.
func chatting(t *testing.T, trigger string, texts ...string) string {
	t.Helper()
	var messages []fields
	for i, text := range texts {
		if i > 0 {
			messages = append(messages, fields{"id": fmt.Sprint("own-a", i), "role": "assistant", "parts": []any{}})
		}
		messages = append(messages, fields{"id": fmt.Sprint("own-u", i), "role": "user", "parts": []any{fields{"type": "text", "text": text}}})
	}
	return fields{"id": "c", "trigger": trigger, "messageId": "own-a9", "messages": messages}.json(t)
}

// TestChatRegenerates answers a message again: it and what came after it are gone.
func TestChatRegenerates(t *testing.T) {
	t.Parallel()
	w := start(t, func(_ *Config, d *session.Config) {
		d.Adapters = append(d.Adapters, teller{bare{"teller", true}, new(int)})
	})
	w.post("/v1/sessions/s", `{"agent":"teller"}`).want(200)
	const s = "/api/agent-sessions/s"
	for i, c := range []struct {
		trigger string
		texts   []string
		want    string
	}{
		{"submit-message", []string{"one"}, "one, answer 1"},
		{"submit-message", []string{"one", "two"}, "one, answer 1, two, answer 2"},
		{"submit-message", []string{"one", "two", "three"}, "one, answer 1, two, answer 2, three, answer 3"},
		{"regenerate-message", []string{"one", "two"}, "one, answer 1, two, answer 4"},
		{"regenerate-message", []string{"one", "two"}, "one, answer 1, two, answer 5"},
		{"regenerate-message", []string{"one", "two", "new"}, "one, answer 1, two, answer 5, new, answer 6"},
		{"regenerate-message", []string{"another"}, "another, answer 7"},
	} {
		w.post(s+"/chat", chatting(t, c.trigger, c.texts...)).want(200)
		ui := decodeAs[openapi.AgentSession](t, w.get(s+"?format=ui").want(200).body)
		var said []string
		for _, m := range *ui.Messages {
			said = append(said, m.Parts[0].Text)
		}
		if got := strings.Join(said, ", "); got != c.want {
			t.Errorf("request %d leaves %s, want %s", i, got, c.want)
		}
	}
	result := `{"trigger":"regenerate-message","messages":[{"role":"assistant","parts":[{"type":"dynamic-tool","toolCallId":"c","state":"output-available","output":1}]}]}`
	w.post(s+"/chat", result).refused(400, "invalid_request", "invalid request: trigger: regenerate-message: the last message must be the user's")
}

// TestChatCannotRegenerate with agents that do not forget.
func TestChatCannotRegenerate(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.session("s")
	const refusal = "invalid request: trigger: regenerate-message: agent mock cannot take back what was said"
	w.post("/api/agent-sessions/s/chat", chatting(t, "regenerate-message", "hello")).refused(400, "invalid_request", refusal)
	if log := w.history("s"); len(log) != 1 {
		t.Errorf("the refusal left %s", types(log))
	}
}
