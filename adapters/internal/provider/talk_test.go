package provider

import (
	"reflect"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		parts := s.ask(t, userMessage("say Grüße, world"))
		if got := said(parts); got != "Grüße, world" {
			t.Errorf("said %q", got)
		}
		if n := len(all[TextDelta](parts)); n != 2 {
			t.Errorf("%d deltas", n)
		}
		if finish(t, parts) != FinishStop {
			t.Error(show(parts))
		}
		got := s.server.Requests()[0]
		if got.Model != "scripted-large" || got.System != "You are a test." || !reflect.DeepEqual(got.Tools, []string{"get-weather"}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestKeyIsSent(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		s.ask(t, userMessage("say hi"))
		header := s.server.Requests()[0].Header
		if got := header.Get("X-Api-Key") + header.Get("Authorization"); !strings.HasSuffix(got, secret) {
			t.Errorf("%v", header)
		}
	})
}

func TestUsage(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		parts := s.ask(t, userMessage("say hi\nusage 50 9 20 4"))
		want := Usage{Input: 30, Output: 9, CacheRead: 20, Reasoning: 4}
		if s.name == "anthropic" { // counts what is cached apart, and the script's server no reasoning
			want.Input, want.Reasoning = 50, 0
		}
		if got := all[Usage](parts); len(got) != 1 || got[0] != want {
			t.Errorf("%+v, not %+v", got, want)
		}
	})
}

func TestReasoningComesBack(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		ask := userMessage("think deep thoughts\nsay first\ntool get-weather {\"city\":\"Rome\"}\nsay second")
		parts := s.ask(t, ask)
		if thought(parts) != "deep thoughts" || said(parts) != "first" || finish(t, parts) != FinishToolCalls {
			t.Fatal(show(parts))
		}
		call := all[ToolCall](parts)[0]
		result := Message{Role: RoleUser, Parts: []MessagePart{{ToolResult: &ToolResult{CallID: call.ID, Text: "sunny"}}}}
		parts = s.ask(t, ask, repeat(t, parts), result)
		if said(parts) != "second" {
			t.Fatal(show(parts))
		}
		repeated := s.server.Requests()[1].Messages[1].Parts
		if len(repeated) != 3 || repeated[0].Kind != "thinking" || repeated[0].Text != "deep thoughts" ||
			repeated[1].Text != "first" || repeated[2].ID != call.ID {
			t.Errorf("%+v", repeated)
		}
	})
}

func TestSignatureComesBack(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		if s.name != "anthropic" {
			t.Skip("only Anthropic signs")
		}
		ask := userMessage("think hm\nsay first")
		parts := s.ask(t, ask)
		signature := all[ReasoningEnd](parts)[0].Metadata.Signature
		s.ask(t, ask, repeat(t, parts), userMessage("say second"))
		var sent struct {
			Messages []struct {
				Content []struct{ Type, Thinking, Signature string }
			}
		}
		s.recorder.last(t, &sent)
		if got := sent.Messages[1].Content[0]; signature == "" || got.Signature != signature || got.Thinking != "hm" {
			t.Errorf("%+v, signature %q", got, signature)
		}
	})
}

func TestOneToolCall(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		ask := userMessage(`tool get-weather {"city":"Rome","at":"noon"}`)
		parts := s.ask(t, ask)
		calls := all[ToolCall](parts)
		if len(calls) != 1 || calls[0].Name != "get-weather" || string(calls[0].Arguments) != `{"city":"Rome","at":"noon"}` {
			t.Fatal(show(parts))
		}
		if n := len(all[ToolInputDelta](parts)); n != 2 || finish(t, parts) != FinishToolCalls {
			t.Fatal(show(parts))
		}
		result := Message{Role: RoleUser, Parts: []MessagePart{{ToolResult: &ToolResult{CallID: calls[0].ID, Text: `{"sky":"blue"}`}}}}
		if parts = s.ask(t, ask, repeat(t, parts), result); said(parts) != `done: {"sky":"blue"}` {
			t.Error(show(parts))
		}
	})
}

func TestSeveralToolCalls(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		ask := userMessage("say Looking.\ntool get-weather {\"city\":\"Rome\"}\nand tool get-weather {\"city\":\"Oslo\"}\nand tool get-weather")
		parts := s.ask(t, ask)
		calls := all[ToolCall](parts)
		if len(calls) != 3 || string(calls[1].Arguments) != `{"city":"Oslo"}` || string(calls[2].Arguments) != "{}" {
			t.Fatal(show(parts))
		}
		results := Message{Role: RoleUser}
		for _, c := range calls {
			results.Parts = append(results.Parts, MessagePart{ToolResult: &ToolResult{CallID: c.ID, Text: "of " + c.ID, IsError: true}})
		}
		if parts = s.ask(t, ask, repeat(t, parts), results); !strings.Contains(said(parts), "of "+calls[2].ID) {
			t.Error(show(parts))
		}
		var ids []string
		for _, m := range s.server.Requests()[1].Messages[2:] {
			for _, p := range m.Parts {
				if s.name == "anthropic" && !p.IsError || s.name != "anthropic" && !strings.HasPrefix(p.Text, "Error: ") {
					t.Errorf("not an error: %+v", p)
				}
				ids = append(ids, p.ID)
			}
		}
		if !reflect.DeepEqual(ids, []string{calls[0].ID, calls[1].ID, calls[2].ID}) {
			t.Errorf("results of %q", ids)
		}
	})
}

func TestManyDeltas(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		parts := s.ask(t, userMessage("burst 3000\nbig 100000"))
		if n, got := len(all[TextDelta](parts)), said(parts); n != 3001 || !strings.HasPrefix(got, "1 2 3 ") || len(got) < 100_000 {
			t.Errorf("%d deltas, %d bytes", n, len(got))
		}
	})
}
