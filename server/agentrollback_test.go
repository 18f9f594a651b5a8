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

// chatting is the body of a useChat request whose messages are texts of the user's, and answers to all but the last one. A text
// is also its id, up to a hyphen: what comes after that is another wording.
func chatting(t *testing.T, trigger, messageID string, texts ...string) string {
	t.Helper()
	var messages []fields
	for i, text := range texts {
		if i > 0 {
			messages = append(messages, fields{"id": fmt.Sprint("own-a", i), "role": "assistant", "parts": []any{}})
		}
		id, _, _ := strings.Cut(text, "-")
		messages = append(messages, fields{"id": id, "role": "user", "parts": []any{fields{"type": "text", "text": text}}})
	}
	return fields{"id": "c", "trigger": trigger, "messageId": messageID, "messages": messages}.json(t)
}

// telling is a session with an agent that forgets what is rolled back.
func telling(t *testing.T) (w *world, path string) {
	w = start(t, func(_ *Config, d *session.Config) {
		d.Adapters = append(d.Adapters, teller{bare{"teller", true}, new(int)})
	})
	w.post("/v1/sessions/s", `{"agent":"teller"}`).want(200)
	return w, "/api/agent-sessions/s"
}

// told are the messages of a session.
func (w *world) told(path string) (list []openapi.UIMessage, texts string) {
	w.t.Helper()
	ui := decodeAs[openapi.AgentSession](w.t, w.get(path+"?format=ui").want(200).body)
	var said []string
	for _, m := range *ui.Messages {
		said = append(said, m.Parts[0].Text)
	}
	return *ui.Messages, strings.Join(said, ", ")
}

// TestChatTakesBack answers a message again, or another one in its place: it and what came after it are gone.
func TestChatTakesBack(t *testing.T) {
	t.Parallel()
	const submit, again = "submit-message", regenerateMessage
	for _, c := range []struct {
		name, trigger, message string
		texts                  []string
		want                   string
	}{
		{"the last answer", again, "", []string{"one", "two", "three"}, "one, answer 1, two, answer 2, three, answer 4"},
		{"an earlier answer", again, "own-a1", []string{"one", "two"}, "one, answer 1, two, answer 4"},
		{"the first answer", again, "", []string{"one"}, "one, answer 4"},
		{"a page that sends its last message only", again, "", []string{"three"}, "one, answer 1, two, answer 2, three, answer 4"},
		{"a message that never came", again, "", []string{"one", "two", "three", "four"}, "one, answer 1, two, answer 2, three, answer 3, four, answer 4"},
		{"such a one, sent alone", again, "", []string{"four"}, "one, answer 1, two, answer 2, three, answer 3, four, answer 4"},
		{"another message", submit, "two", []string{"one", "two-b"}, "one, answer 1, two-b, answer 4"},
		{"another message, sent alone", submit, "two", []string{"two-b"}, "one, answer 1, two-b, answer 4"},
		{"another first message", submit, "one", []string{"one-b"}, "one-b, answer 4"},
		{"another message with an id of its own", submit, "two", []string{"one", "new"}, "one, answer 1, new, answer 4"},
		{"a new message that is named", submit, "four", []string{"four"}, "one, answer 1, two, answer 2, three, answer 3, four, answer 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, s := telling(t)
			for _, text := range []string{"one", "two", "three"} {
				w.post(s+"/chat", chatting(t, submit, "", text)).want(200)
			}
			w.post(s+"/chat", chatting(t, c.trigger, c.message, c.texts...)).want(200)
			if _, got := w.told(s); got != c.want {
				t.Errorf("left is %s, want %s", got, c.want)
			}
		})
	}
}

// A page that was loaded again knows messages by the server's ids, and keeps one for what it says instead.
func TestChatTakesBackByTheServersIDs(t *testing.T) {
	t.Parallel()
	w, s := telling(t)
	for _, text := range []string{"one", "two", "three"} {
		w.post(s+"/trigger", userMessage(text)).want(200)
	}
	list, _ := w.told(s)
	second := list[2].ID
	for i, text := range []string{"b", "c"} {
		w.post(s+"/chat", chatting(t, "submit-message", second, second+"-"+text)).want(200)
		want := fmt.Sprintf("one, answer 1, %s-%s, answer %d", second, text, i+4)
		if _, got := w.told(s); got != want {
			t.Errorf("left is %s, want %s", got, want)
		}
	}
}

// TestChatRegenerateRefusals leave everything as it was.
func TestChatRegenerateRefusals(t *testing.T) {
	t.Parallel()
	w, s := telling(t)
	w.post(s+"/chat", chatting(t, "submit-message", "", "one")).want(200)
	result := `{"trigger":"regenerate-message","messages":[{"role":"assistant","parts":[{"type":"dynamic-tool","toolCallId":"c","state":"output-available","output":1}]}]}`
	w.post(s+"/chat", result).refused(400, "invalid_request", "invalid request: trigger: regenerate-message: the last message must be the user's")
	nameless := `{"trigger":"regenerate-message","messages":[{"role":"user","parts":[{"type":"text","text":"one"}]}]}`
	w.post(s+"/chat", nameless).refused(400, "invalid_request", "invalid request: trigger: regenerate-message: the last message needs its id")
	if _, got := w.told(s); got != "one, answer 1" {
		t.Errorf("left is %s", got)
	}
}

// TestChatCannotTakeBack with agents that do not forget.
func TestChatCannotTakeBack(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.session("s")
	const refusal = "invalid request: trigger: agent mock cannot take back what was said"
	w.post("/api/agent-sessions/s/chat", chatting(t, "submit-message", "", "echo one")).want(200)
	before := len(w.history("s"))
	w.post("/api/agent-sessions/s/chat", chatting(t, "regenerate-message", "", "echo one")).refused(400, "invalid_request", refusal)
	w.post("/api/agent-sessions/s/chat", chatting(t, "submit-message", "echo one", "echo one-b")).refused(400, "invalid_request", refusal)
	if log := w.history("s"); len(log) != before {
		t.Errorf("the refusals left %s", types(log[before:]))
	}
}
