package declared

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/openapi"
)

// heardLast is what the model was asked last, in the wire of Anthropic.
func heardLast(server *model.Server) []string {
	requests := server.Requests()
	return heardBy(requests[len(requests)-1])
}

func scriptedDesk(t *testing.T) (*session, *model.Server) {
	server := model.Start(t)
	return newSession(t, deskOf(t, newLibrary(t, providersOf(t, server))), options("anthropic")), server
}

func TestRollBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after *string
		want  []string
	}{
		"all":                 {nil, nil},
		"to a user's message": {new("itm_1"), []string{"user text say One."}},
		"to an answer":        {new("msg_turn_1"), []string{"user text say One.", "assistant text One."}},
		"to what is unknown": {new("itm_99"), []string{
			"user text say One.", "assistant text One.", "user text say Two.", "assistant text Two.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, server := scriptedDesk(t)
			s.say("say One.")
			s.say("say Two.")
			s.append(openapi.HistoryRolledBackData{AfterMessageID: c.after})
			s.say("say Three.")
			want := append(slices.Clone(c.want), "user text say Three.")
			if got := heardLast(server); !slices.Equal(got, want) {
				t.Errorf("heard %q, want %q", got, want)
			}
		})
	}
}

func TestRestored(t *testing.T) {
	t.Parallel()
	s, server := scriptedDesk(t)
	s.fire("remember", map[string]any{"TEXT": "tea"})
	s.say("say One.")
	s.append(openapi.SessionExpiredData{})
	s.append(openapi.SessionRestoredData{
		Input: map[string]any{"COMPANY_NAME": "Zenith", "MODEL": "anthropic/scripted-large"},
		Messages: []openapi.UIMessage{
			{ID: "u1", Role: openapi.UIMessageRoleUser, Status: openapi.UIMessageStatusDone, CreatedAt: "2026-01-02T15:04:05Z",
				Parts: []openapi.UIPart{{Type: "text", Text: "Weather?"}}},
			{ID: "a1", Role: openapi.UIMessageRoleAssistant, Status: openapi.UIMessageStatusDone, CreatedAt: "2026-01-02T15:04:05Z",
				Parts: []openapi.UIPart{
					{Type: "reasoning", Text: "Hm."},
					{Type: "tool-call", ToolCallID: "c1", ToolName: "get-weather", Args: json.RawMessage(`{"city":"Rome"}`), Result: json.RawMessage(`"sunny"`)},
					{Type: "tool-call", ToolCallID: "c2", ToolName: "get-time", Args: json.RawMessage(`{}`)},
					{Type: "text", Text: "Fine."},
				}},
			{ID: "u2", Role: openapi.UIMessageRoleUser, Status: openapi.UIMessageStatusDone, CreatedAt: "2026-01-02T15:04:05Z",
				Parts: []openapi.UIPart{{Type: "text", Text: "Thanks."}}},
		},
	})
	s.append(openapi.HistoryRolledBackData{AfterMessageID: new("a1")})
	s.say("say Two.")
	want := []string{
		"user text Weather?", `assistant tool_use {"city":"Rome"}`, "user tool_result sunny",
		"assistant tool_use {}", "user tool_result The result was not kept.", "assistant text Fine.", "user text say Two.",
	}
	if got := heardLast(server); !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	if r := server.Requests(); !strings.Contains(r[len(r)-1].System, "Zenith") {
		t.Errorf("system %q", r[len(r)-1].System)
	}
}

// TestThreadRolledBack: a thread that was opened afterwards is open no more.
func TestThreadRolledBack(t *testing.T) {
	t.Parallel()
	s, _ := scriptedDesk(t)
	s.say("say One.")
	s.fire("hand-over", map[string]any{"REASON": "Angry."})
	s.append(openapi.HistoryRolledBackData{AfterMessageID: new("msg_turn_1")})
	s.fire("summary-again", said("say Two."))
	if code, _ := failed(t, s); code != codeProtocol {
		t.Error(code)
	}
}

// TestReadsTheLogOnce: an agent that lives knows what it has read.
func TestReadsTheLogOnce(t *testing.T) {
	t.Parallel()
	s, server := scriptedDesk(t)
	for range 5 {
		s.say("say One.")
	}
	if n := len(s.events()); s.read >= n {
		t.Errorf("of %d events it has read %d", n, s.read)
	}
	if got := heardLast(server); len(got) != 9 {
		t.Errorf("heard %q", got)
	}
}
