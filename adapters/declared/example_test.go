package declared

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// TestExample runs the agent that readers start from, both of its triggers.
func TestExample(t *testing.T) {
	t.Parallel()
	s, _ := deskAt(t, texts("Hello."),
		texts(`{"title":"A late order","urgent":true,"orders":["A-1"]}`), texts("An order is late."), texts("Goodbye."))
	providers := s.adapter.(*Adapter).library.providers
	var log bytes.Buffer
	l, err := New(Config{Dir: "../../examples", Providers: providers, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil || log.Len() > 0 {
		t.Fatalf("%v\n%s", err, log.String())
	}
	var ok bool
	if s.adapter, ok = l.Adapter(t.Context(), "support-agent"); !ok {
		t.Fatal("no agent")
	}
	s.options.Input = map[string]any{"COMPANY_NAME": "Acme", "MODEL": "openai/gpt-5"}
	if out := s.say("Hello"); out.Status != openapi.TurnStatusCompleted {
		t.Fatalf("%+v:\n%s", out, printed(t, s.events()))
	}
	s.fire("request-human", nil)
	if out := s.answer(`{"id":17}`); out.Status != openapi.TurnStatusCompleted {
		t.Fatalf("%+v:\n%s", out, printed(t, s.events()))
	}
	state := folded(s.events())
	if got := state.resources["SUMMARY"]; got != "An order is late." {
		t.Errorf("SUMMARY is %v", got)
	}
	if lines := spoken(state.entries(protocol.Main)); len(lines) != 4 || lines[3].Content != "Goodbye." {
		t.Errorf("%+v", lines)
	}
}
