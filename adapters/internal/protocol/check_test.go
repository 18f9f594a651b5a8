package protocol_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

// decoded is JSON as a request's body gives it: with numbers as float64, and with numbers as text.
func decoded(t *testing.T, text string) []any {
	t.Helper()
	all := make([]any, 2)
	for i := range all {
		d := json.NewDecoder(strings.NewReader(text))
		if i == 1 {
			d.UseNumber()
		}
		if err := d.Decode(&all[i]); err != nil {
			t.Fatal(text, err)
		}
	}
	return all
}

func TestCheck(t *testing.T) {
	t.Parallel()
	agent := support(t)
	files := &protocol.Array{Items: protocol.File}
	anything := &protocol.Object{Fields: protocol.Fields{{Name: "x", Type: protocol.Unknown}}}
	for _, c := range []struct {
		of    protocol.Type
		value string
		fault string
	}{
		{protocol.String, `""`, ""},
		{protocol.String, `5`, "must be text, not the number 5"},
		{protocol.String, `null`, "must be text, not null"},
		{protocol.Number, `-1.5e3`, ""},
		{protocol.Number, `"1"`, "must be a number, not text"},
		{protocol.Integer, `9007199254740993`, ""},
		{protocol.Integer, `2.0`, ""},
		{protocol.Integer, `2.5`, "must be an integer, not the number 2.5"},
		{protocol.Integer, `true`, "must be an integer, not a boolean"},
		{protocol.Boolean, `false`, ""},
		{protocol.Boolean, `0`, "must be a boolean, not the number 0"},
		{protocol.Unknown, `null`, ""},
		{protocol.Unknown, `{"a":[]}`, ""},
		{files, `[]`, ""},
		{files, `[{"id":"f","mediaType":"image/png","url":"u","size":1,"more":true}]`, ""},
		{files, `[{"id":"f","mediaType":"image/png","url":"u"},{"id":1,"url":null,"size":"1"},7]`,
			"/1/id must be text, not the number 1; /1/mediaType is missing; /1/url is missing; /1/size must be a number, not text; " +
				"/2 must be an object, not the number 7"},
		{files, `{}`, "must be an array, not an object"},
		{anything, `{"x":null}`, ""},
		{anything, `{}`, "/x is missing"},
		{agent.Tools["find-order"].Parameters, `{"orderId":"1","withItems":null}`, ""},
		{agent.Tools["find-order"].Parameters, `[]`, "must be an object, not an array"},
		{agent.Tools["note-mood"].Parameters, `{"a":1}`, ""},
		{agent.Types["LabelList"], `["a",false]`, "/1 must be text, not a boolean"},
		{agent.Types["Answer"], `{"text":"t","next":{"kind":"questions","questions":["a"]},"sources":[]}`, ""},
		{agent.Types["Answer"], `{"text":"t","next":{"kind":"handover","questions":["a"]}}`, "/next/urgent is missing"},
		{agent.Types["Answer"], `{"text":"t","next":{"kind":"bye"}}`, `/next/kind must be one of "questions", "handover"`},
		{agent.Types["Answer"], `{"text":"t","next":"bye"}`, "/next must be an object, not text"},
		{agent.Types["Questions"], `{"kind":"handover","questions":[]}`, `/kind must be "questions"`},
		{agent.Input[1].Type, `"pro"`, ""},
		{agent.Input[1].Type, `"gold"`, `must be one of "free", "pro"`},
	} {
		for _, v := range decoded(t, c.value) {
			err := protocol.Check(v, c.of)
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || err.Error() != c.fault) {
				t.Errorf("%s as %s: got %v, want %q", c.value, c.of, err, c.fault)
			}
		}
	}
}

// TestCheckConstants compares constants that are no text.
func TestCheckConstants(t *testing.T) {
	t.Parallel()
	agent, faults := protocol.Parse(plain([]byte(`
types:
  A: { v: { type: integer, const: 1 }, on: { type: boolean, const: true } }
  B: { v: { type: integer, const: 2 } }
  U: { anyOf: [A, B], discriminator: v }
triggers: {}
agent: { model: openai/gpt-4o, system: plain }
`)))
	if agent == nil {
		t.Fatal(faults)
	}
	for value, fault := range map[string]string{
		`{"v":1,"on":true}`:   "",
		`{"v":1.0,"on":true}`: "",
		`{"v":1,"on":"true"}`: "/on must be true",
		`{"v":2}`:             "",
		`{"v":3}`:             "/v must be one of 1, 2",
		`{}`:                  "/v must be one of 1, 2",
	} {
		for _, v := range decoded(t, value) {
			err := protocol.Check(v, agent.Types["U"])
			if fault == "" && err != nil || fault != "" && (err == nil || err.Error() != fault) {
				t.Errorf("%s: got %v, want %q", value, err, fault)
			}
		}
	}
}

// TestMismatches says where, by JSON pointers, and only so often.
func TestMismatches(t *testing.T) {
	t.Parallel()
	bad := (*protocol.MismatchError)(nil)
	err := protocol.Check(make([]any, 100), &protocol.Array{Items: protocol.String})
	if !errors.As(err, &bad) || len(bad.Mismatches) != 20 {
		t.Fatal(err)
	}
	if want := (protocol.Mismatch{Pointer: "/19", Reason: "must be text, not null"}); bad.Mismatches[19] != want {
		t.Errorf("%+v", bad.Mismatches[19])
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	agent := support(t)
	for _, c := range []struct {
		fields             protocol.Fields
		given, want, fault string
	}{
		{agent.Input, `{"COMPANY_NAME":"Acme","OTHER":1}`,
			`{"COMPANY_NAME":"Acme","MODEL":"anthropic/claude-sonnet-4-5","PLAN":"free","POLICIES":"NONE"}`, ""},
		{agent.Input, `{"COMPANY_NAME":"Acme","MODEL":"openai/gpt-4o","PLAN":"pro","POLICIES":null}`,
			`{"COMPANY_NAME":"Acme","MODEL":"openai/gpt-4o","PLAN":"pro","POLICIES":"NONE"}`, ""},
		{agent.Input, `{"PLAN":"gold","POLICIES":[]}`, "",
			`/COMPANY_NAME is missing; /PLAN must be one of "free", "pro"; /POLICIES must be text, not an array`},
		{agent.Input, `{"COMPANY_NAME":null}`, "", "/COMPANY_NAME is missing"},
		{agent.Triggers["user-message"].Input, `{"USER_MESSAGE":""}`, `{"USER_MESSAGE":""}`, ""},
		{agent.Triggers["request-human"].Input, `{}`, `{"PRIORITY":"normal"}`, ""},
		{agent.Resources, `null`, `{"LIMITS":{"currencies":["EUR","USD"],"refundDays":30},"SUMMARY":""}`, ""},
		{agent.Variables, `null`, `{}`, ""},
		{protocol.Fields{{Name: "X", Type: protocol.Unknown}}, `{"X":null}`, `{}`, ""},
		{protocol.Fields{{Name: "X", Type: protocol.Unknown}}, `{}`, "", "/X is missing"},
	} {
		for _, v := range decoded(t, c.given) {
			given, _ := v.(map[string]any)
			got, err := c.fields.Fill(given)
			if c.fault != "" {
				if err == nil || err.Error() != c.fault {
					t.Errorf("%s: got %v, want %q", c.given, err, c.fault)
				}
				continue
			}
			if text, _ := json.Marshal(got); err != nil || string(text) != c.want {
				t.Errorf("%s: got %s %v, want %s", c.given, text, err, c.want)
			}
		}
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	agent := support(t)
	call, _ := agent.Triggers["request-human"].Steps[5].Block.(protocol.ToolCall)
	got := call.Arguments(func(name string) (any, bool) { return "text", name == "SUMMARY_TEXT" })
	want := map[string]any{"summary": "text", "labels": []any{"handover", "2024"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}
