package declared

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// variable is the last value of a variable in the log.
func variable(s *session, name string) (value string) {
	for _, e := range s.events() {
		if d, ok := e.Data.(openapi.VariableUpdatedData); ok && d.Name == name {
			value = string(d.Value)
		}
	}
	return value
}

func TestOutput(t *testing.T) {
	t.Parallel()
	s, a := deskAt(t, texts(`{"text":"Hi","score":null}`))
	if out := s.fire("answer", said("Hello")); out.Status != openapi.TurnStatusCompleted {
		t.Errorf("%+v", out)
	}
	if got := variable(s, "ANSWER"); got != `{"score":null,"text":"Hi"}` {
		t.Errorf("ANSWER is %s", got)
	}
	var request struct {
		Format struct {
			Schema struct {
				Name   string
				Strict bool
				Schema struct{ Required []string }
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.Unmarshal([]byte(a.body(0)), &request); err != nil {
		t.Fatal(err)
	}
	if got := request.Format.Schema; got.Name != "Answer" || !got.Strict || len(got.Schema.Required) != 2 {
		t.Errorf("%+v", got)
	}
}

// TestRepair asks once more, and tells the model what is wrong.
func TestRepair(t *testing.T) {
	t.Parallel()
	s, a := deskAt(t, texts("Well, hi."), texts(`{"text":"Hi"}`))
	if out := s.fire("answer", said("Hello")); out.Status != openapi.TurnStatusCompleted {
		t.Errorf("%+v", out)
	}
	if got := variable(s, "ANSWER"); got != `{"text":"Hi"}` {
		t.Errorf("ANSWER is %s", got)
	}
	if !strings.Contains(a.body(1), "does not fit") || !strings.Contains(a.body(1), "Well, hi.") {
		t.Errorf("the model is not told: %s", a.body(1))
	}
}

// TestNotRepaired fails the turn.
func TestNotRepaired(t *testing.T) {
	t.Parallel()
	s, a := deskAt(t, texts(`{"text":1}`), texts(`{"text":2}`), texts(`{"text":"too late"}`))
	s.fire("answer", said("Hello"))
	if code, _ := failed(t, s); code != codeExecution || len(a.bodies) != 2 {
		t.Errorf("%s after %d requests", code, len(a.bodies))
	}
	if got := variable(s, "ANSWER"); got != "" {
		t.Errorf("ANSWER is %s", got)
	}
}

// TestCallsOfOneID are told apart in the log: some servers count them anew in every answer.
func TestCallsOfOneID(t *testing.T) {
	t.Parallel()
	call := chunks("tool_calls", toolDelta("call_0", "get-time", "{}"))
	s, a := deskAt(t, call, call, texts("Done."))
	s.say("Hello")
	s.answer(`"one"`)
	if got := s.waiting(); len(got) != 1 || got[0].ToolCallID != "call_0_2" {
		t.Fatalf("%+v", got)
	}
	if out := s.answer(`"two"`); out.Status != openapi.TurnStatusCompleted {
		t.Errorf("%+v", out)
	}
	for _, want := range []string{`"one"`, `"two"`, `"call_0_2"`} {
		if !strings.Contains(a.body(2), want) {
			t.Errorf("no %s in %s", want, a.body(2))
		}
	}
}

// TestNumbersAsSent: a prompt has the digits that came with the trigger.
func TestNumbersAsSent(t *testing.T) {
	t.Parallel()
	const long = "12345678901234567890"
	s, _ := deskAt(t, texts("Hi"))
	var trigger openapi.TurnTrigger
	if err := json.Unmarshal([]byte(`{"input":{"USER_MESSAGE":"Hello","SHOWN":`+long+`}}`), &trigger); err != nil {
		t.Fatal(err)
	}
	s.fire("shown", trigger.Input)
	var shown []string
	for _, e := range s.events() {
		if d, ok := e.Data.(openapi.ItemCompletedData); ok && d.Item.Audience == openapi.AudiencePeople {
			shown = append(shown, d.Item.Content[0].Part.(openapi.TextPart).Text)
		}
	}
	if len(shown) != 1 || shown[0] != long {
		t.Errorf("people see %q", shown)
	}
}
