package terminal

import (
	"reflect"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

var sizes = openapi.QuestionDetail{Question: "Which?", MultiSelect: true, Options: []openapi.QuestionOption{{Label: "Small"}, {Label: "2"}, {Label: "a, b"}}}

func TestChoose(t *testing.T) {
	t.Parallel()
	one := sizes
	one.MultiSelect = false
	for _, c := range []struct {
		question openapi.QuestionDetail
		text     string
		want     []string
	}{
		{one, "small", []string{"Small"}},
		{one, "1", []string{"Small"}},
		{one, "2", []string{"2"}}, // a label wins over a number
		{one, "3", []string{"a, b"}},
		{one, "4", []string{"4"}},
		{one, "1, 3", []string{"1, 3"}},
		{one, " quite another ", []string{"quite another"}},
		{one, " ", []string{}},
		{sizes, "1, 3", []string{"Small", "a, b"}},
		{sizes, "a, b", []string{"a, b"}},
		{sizes, "1, neither", []string{"1, neither"}},
	} {
		if got := choose(c.question, c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q is %q, want %q", c.text, got, c.want)
		}
	}
}

func TestAnswersTo(t *testing.T) {
	t.Parallel()
	list := openapi.QuestionListResponse{Questions: []openapi.PendingQuestion{
		{Question: openapi.QuestionRequestedData{QuestionID: "one", Prompt: "?", Options: []string{"Red", "Blue"}}},
		{Question: openapi.QuestionRequestedData{QuestionID: "two", Questions: []openapi.QuestionDetail{sizes, sizes}}},
	}}
	for _, c := range []struct {
		id    string
		texts []string
		want  [][]string
	}{
		{"one", []string{"blue"}, [][]string{{"Blue"}}},
		{"one", []string{"1", "2"}, [][]string{{"Red", "Blue"}}},
		{"two", []string{"1", `["small", "a, b"]`}, [][]string{{"Small"}, {"Small", "a, b"}}},
		{"two", []string{"", "text"}, [][]string{{}, {"text"}}},
		{"none", []string{"1"}, [][]string{{"1"}}},
	} {
		got, err := answersTo(list, c.id, c.texts)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %q: %q, %v, want %q", c.id, c.texts, got, err, c.want)
		}
	}
	if _, err := answersTo(list, "two", []string{"1", "2", "3"}); err == nil {
		t.Error("three answers to two questions are taken")
	}
}

// TestFacts shows all that a tool gets: nobody shall permit what he could not read.
func TestFacts(t *testing.T) {
	t.Parallel()
	got := facts(map[string]any{
		"toolUseId": "x", "permissionSuggestions": []any{"y"}, "description": "says\nwhat",
		"input": map[string]any{"command": "rm \x1b[2K-rf", "edits": []any{map[string]any{"old": "a"}}, "all": true, "sessionId": "7"},
	})
	want := []string{"all: true", "command: rm ␛[2K-rf", `edits: [{"old":"a"}]`, "sessionId: 7", "description: says\n    what"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	long := facts(map[string]any{"command": strings.Repeat("x", 2*maxFact)})
	if !strings.HasSuffix(long[0], "…") {
		t.Errorf("what is cut does not say so: %.40q", long)
	}
}
