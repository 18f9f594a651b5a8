package opencode

import (
	"reflect"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

func TestRules(t *testing.T) {
	agent := []rule{{"*", "*", allow}, {"external_directory", "*", ask}, {"question", "*", deny}, {"question", "*", allow}, {"bash", "git *", allow}}
	before := append([]rule{}, agent...)
	mcp := map[string]openapi.MCPServer{"my server": {}, "a": {}}
	begin := []rule{
		{"*", "*", allow},
		{"edit", "*", ask}, {"bash", "*", ask}, {"webfetch", "*", ask}, {"websearch", "*", ask},
		{"task", "*", ask}, {"task", "general", allow}, {"task", "explore", allow},
		{"a_*", "*", ask}, {"my_server_*", "*", ask},
	}
	want := append(begin, agent[1:]...)
	if got := rules(permissionDefault, agent, mcp, nil); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !reflect.DeepEqual(agent, before) {
		t.Error("the agent's own rules were changed")
	}
	for _, r := range rules(permissionBypass, agent, mcp, nil) {
		if r.Action == ask {
			t.Errorf("bypass asks: %v", r)
		}
	}
	for _, r := range rules(permissionAcceptEdits, agent, nil, nil) {
		if (r.Action == ask) == (r.Permission == "edit") && r.Action != deny && r.Action != allow {
			t.Errorf("acceptEdits: %v", r)
		}
	}
	// Without an agent's rules, as when it is not known, people are asked all the same.
	if got := rules(permissionDefault, nil, nil, nil); !reflect.DeepEqual(got, begin[1:8]) {
		t.Errorf("got %v", got)
	}
	// What a user allows for everything is kept, behind what asks.
	user := []rule{{"*", "*", allow}, {"*", "*", allow}}
	if got := rules(permissionDefault, user, nil, nil); got[len(got)-1] != user[1] || got[1].Action != ask {
		t.Errorf("got %v", got)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "anything\nat all", true}, {"touch *", "touch x", true}, {"touch *", "touch", true}, {"touch *", "touching", false},
		{"git log *", "git log --oneline", true}, {"git log *", "git push", false}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"*.env", "/x/.env", true}, {"*.env", "/x/.envrc", false}, {"(a|b)", "a", false}, {"(a|b)", "(a|b)", true}, {"", "", true}, {"", "x", false},
	} {
		if got := matches(c.pattern, c.text); got != c.want {
			t.Errorf("%q, %q: got %t", c.pattern, c.text, got)
		}
	}
}

func TestGrants(t *testing.T) {
	var g grants
	g.add(&request{Permission: "bash", Always: []string{"touch *", "ls *"}})
	for _, c := range []struct {
		request request
		want    bool
	}{
		{request{Permission: "bash", Patterns: []string{"touch a", "ls"}}, true},
		{request{Permission: "bash", Patterns: []string{"touch a", "rm b"}}, false},
		{request{Permission: "edit", Patterns: []string{"touch a"}}, false},
		{request{Permission: "bash"}, false},
	} {
		if got := g.cover(&c.request); got != c.want {
			t.Errorf("%v: got %t", c.request, got)
		}
	}
}
