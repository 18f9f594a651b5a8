package declared

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// failed is the error of a session's last turn, which must have failed.
func failed(t testing.TB, s *session) (string, facts) {
	t.Helper()
	log := s.events()
	if end, ok := log[len(log)-1].Data.(openapi.TurnEndedData); !ok || end.Status != openapi.TurnStatusFailed {
		t.Fatalf("the turn did not fail: %+v", log[len(log)-1].Data)
	}
	d, ok := log[len(log)-2].Data.(openapi.ErrorData)
	if !ok {
		t.Fatalf("no error: %+v", log[len(log)-2].Data)
	}
	f, _ := d.Details.(facts)
	return *d.Code, f
}

func TestFaultsOfTheProvider(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
		want   facts
	}{
		"401": {refusal(401, "X-Request-Id", "r1"), "authentication_error", facts{StatusCode: 401, RequestID: "r1"}},
		"429, come back later": {
			refusal(429, "Retry-After", "120"), "rate_limit_error", facts{StatusCode: 429, RetryAfter: 120, Retryable: true},
		},
		"404": {refusal(404), "not_found_error", facts{StatusCode: 404}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := deskAt(t, c.answer)
			s.say("Hello")
			code, got := failed(t, s)
			c.want.Provider, c.want.Model, c.want.ErrorType = "openai", "scripted-large", got.ErrorType
			if code != c.code || got != c.want {
				t.Errorf("%s %+v, want %s %+v", code, got, c.code, c.want)
			}
		})
	}
}

// TestRetries are told, and the turn goes on.
func TestRetries(t *testing.T) {
	t.Parallel()
	for _, status := range []int{500, 529, 429} {
		s, a := deskAt(t, refusal(status, "Retry-After", "1"), texts("Hello."))
		if out := s.say("Hello"); out.Status != openapi.TurnStatusCompleted {
			t.Fatalf("%+v", out)
		}
		if len(a.bodies) != 2 || a.body(0) != a.body(1) {
			t.Errorf("%d requests", len(a.bodies))
		}
		notes := 0
		for _, e := range s.events() {
			if d, ok := e.Data.(openapi.ItemCompletedData); ok && d.Item.Kind == openapi.ItemKindStatus {
				notes++
			}
		}
		if notes != 1 {
			t.Errorf("%d: %d notes", status, notes)
		}
	}
}

// TestInterrupt stops a provider that hangs, and keeps what it has said.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	hang := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half a\"}}]}\n\n"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(left)
	}
	s, a := deskAt(t, hang, texts("Whole."))
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	s.begin("user-message", said("Hello"))
	go func() {
		s.await("delta", func(e openapi.Event) bool { return e.Type() == openapi.EventItemDelta })
		interrupt()
	}()
	if out := s.play(ctx, nil); out.Status != openapi.TurnStatusInterrupted {
		t.Errorf("%+v", out)
	}
	<-left
	if !slices.ContainsFunc(s.events(), func(e openapi.Event) bool {
		d, ok := e.Data.(openapi.ItemCompletedData)
		return ok && d.Item.Status == openapi.ItemStatusFailed && d.Item.Content[0].Part == openapi.TextPart{Text: "Half a"}
	}) {
		t.Errorf("nothing is kept:\n%s", printed(t, s.events()))
	}
	s.say("Go on")
	if !strings.Contains(a.body(1), "Half a") {
		t.Errorf("the model does not hear it: %s", a.body(1))
	}
}

// TestMalformedInput goes back to the model, and never to the client.
func TestMalformedInput(t *testing.T) {
	t.Parallel()
	s, a := deskAt(t, chunks("tool_calls", toolDelta("c1", "get-weather", `{"city":`)), texts("Sorry."))
	if out := s.say("Hello"); out.Status != openapi.TurnStatusCompleted {
		t.Errorf("%+v", out)
	}
	for _, e := range s.events() {
		switch d := e.Data.(type) {
		case openapi.ToolRequestedData:
			t.Errorf("requested: %+v", d)
		case openapi.ItemCompletedData:
			if k := d.Item.Kind; (k == openapi.ItemKindToolCall || k == openapi.ItemKindToolResult) && d.Item.Status != openapi.ItemStatusFailed {
				t.Errorf("%+v", d.Item)
			}
		}
	}
	if !strings.Contains(a.body(1), "not a JSON object") {
		t.Errorf("the model is not told: %s", a.body(1))
	}
}

// TestFinishReasons are those of the last answer.
func TestFinishReasons(t *testing.T) {
	t.Parallel()
	for finish, want := range map[string]string{"stop": "stop", "length": "length", "content_filter": "content-filter"} {
		s, _ := deskAt(t, chunks(finish, `{"content":"Well"}`))
		if out := s.say("Hello"); out.FinishReason != want || out.Status != openapi.TurnStatusCompleted {
			t.Errorf("%s: %+v", finish, out)
		}
	}
}

// TestNoProvider fails the turn, and the agent says that it has no credentials.
func TestNoProvider(t *testing.T) {
	t.Parallel()
	s, _ := deskAt(t, texts("Never."))
	if s.adapter.Info(t.Context()).CredentialsAvailable {
		t.Error("credentials for anthropic, which has no key")
	}
	s.options.Input["MODEL"] = "nobody/model"
	s.say("Hello")
	if code, _ := failed(t, s); code != "validation_error" {
		t.Error(code)
	}
}
