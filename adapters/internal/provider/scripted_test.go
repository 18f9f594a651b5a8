package provider

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
)

var weather = Tool{
	Name: "get-weather", Description: "Says what the weather is like.",
	Schema: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"},"at":{"type":"string"}},"required":["city"]}`),
}

// scripted runs a test against the scripted model server, once in each API.
func scripted(t *testing.T, test func(t *testing.T, s *script)) {
	for _, name := range []string{"anthropic", "openai", "other"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{name: name, server: model.Start(t), client: httpClient(t)}
			s.recorder = record(s.client)
			test(t, s)
		})
	}
}

type script struct {
	name     string
	server   *model.Server
	client   *http.Client
	recorder *recorder
}

func (s *script) provider(t *testing.T) Provider {
	t.Helper()
	chat := Endpoint{BaseURL: s.server.URL + "/v1", Key: secret}
	return find(t, Config{
		Anthropic: Endpoint{BaseURL: s.server.URL, Key: secret}, OpenAI: chat, Compatible: map[string]Endpoint{"other": chat},
		HTTPClient: s.client,
	}, s.name+"/scripted-large")
}

// request always offers a tool: the server takes chat completions without one for something aside.
func (s *script) request(messages ...Message) Request {
	return Request{Model: "scripted-large", System: "You are a test.", Messages: messages, Tools: []Tool{weather}}
}

func (s *script) ask(t *testing.T, messages ...Message) []Part {
	t.Helper()
	return whole(t, s.provider(t).Stream(t.Context(), s.request(messages...)))
}

// repeat is the message of an answer, after it was stored and read again.
func repeat(t *testing.T, parts []Part) Message {
	t.Helper()
	var a Answer
	for _, p := range parts {
		a.Add(p)
	}
	stored, err := json.Marshal(a.Message())
	if err != nil {
		t.Fatal(err)
	}
	var m Message
	if err := json.Unmarshal(stored, &m); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m, a.Message()) {
		t.Fatalf("%s decodes to %+v", stored, m)
	}
	return m
}

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

func TestErrorsOfTheProvider(t *testing.T) {
	t.Parallel()
	kinds := map[string]Kind{
		"400": KindValidation, "401": KindAuthentication, "402": KindQuota, "403": KindPermission, "404": KindNotFound,
		"413": KindValidation,
	}
	scripted(t, func(t *testing.T, s *script) {
		for status, kind := range kinds {
			parts, err := failure(t, s.provider(t).Stream(t.Context(), s.request(userMessage("error "+status+" not with "+secret))))
			if len(parts) > 0 || err.Kind != kind || err.Message != "not with ***" || err.Retryable {
				t.Errorf("%s: %+v", status, err)
			}
			if err.Provider != s.name || err.Model != "scripted-large" || err.Type == "" {
				t.Errorf("%s: %+v", status, err)
			}
		}
		if n := len(s.server.Requests()); n != len(kinds) {
			t.Errorf("%d requests", n)
		}
	})
}

func TestRetriesBeforeTheFirstPart(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		var retries []Retry
		r := s.request(userMessage("error 529 x1 too many users"))
		r.OnRetry = func(retry Retry) { retries = append(retries, retry) }
		parts := whole(t, s.provider(t).Stream(t.Context(), r))
		if said(parts) != "recovered after 1 errors" {
			t.Error(show(parts))
		}
		if len(retries) != 1 || retries[0].Attempt != 1 || retries[0].Err.Kind != KindOverloaded || retries[0].Err.Message != "too many users" {
			t.Errorf("%+v", retries)
		}
	})
}

func TestNoRetryAfterTheFirstPart(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		for script, kind := range map[string]Kind{
			"cut half a text":              KindProvider,
			"say half\nerror 529 too many": KindOverloaded,
			"say half\nerror 429 too fast": KindRateLimit,
		} {
			before := len(s.server.Requests())
			r := s.request(userMessage(script))
			r.OnRetry = func(retry Retry) { t.Errorf("retries %+v", retry) }
			parts, err := failure(t, s.provider(t).Stream(t.Context(), r))
			if !strings.HasPrefix(said(parts), "half") || err.Kind != kind || !err.Retryable {
				t.Errorf("%q: %+v after %s", script, err, show(parts))
			}
			if n := len(s.server.Requests()) - before; n != 1 {
				t.Errorf("%q: %d requests", script, n)
			}
		}
	})
}

func TestCancelledInMidStream(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var parts []Part
		var failed error
		for part, err := range s.provider(t).Stream(ctx, s.request(userMessage("say begun\nhang"))) {
			if failed = err; err == nil {
				parts = append(parts, part)
			}
			if _, ok := part.(TextDelta); ok {
				cancel()
			}
		}
		if !errors.Is(failed, context.Canceled) || !strings.HasPrefix("begun", said(parts)) {
			t.Errorf("%v after %s", failed, show(parts))
		}
		if err := checkOrder(parts, false); err != nil {
			t.Error(err, show(parts))
		}
	})
}

func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if parts, err := answer(t, s.provider(t).Stream(ctx, s.request(userMessage("say hi")))); err != context.Canceled || len(parts) > 0 {
			t.Errorf("%v after %s", err, show(parts))
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
