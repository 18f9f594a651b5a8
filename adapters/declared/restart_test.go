package declared

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
)

// TestRestart plays every scenario once with one agent, and once with a new one for each Turn, which knows what the log says
// and nothing else. Log and requests to the model must be the same.
func TestRestart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _, wire string, play func(*session)) {
		var logs, requests [2][]byte
		for i := range logs {
			server := model.Start(t)
			s := newSession(t, deskOf(t, newLibrary(t, providersOf(t, server))), options(wire))
			s.restart = i == 1
			play(s)
			logs[i], requests[i] = printed(t, s.events()), printedRequests(t, server)
		}
		if !bytes.Equal(logs[0], logs[1]) {
			t.Errorf("the log is\n%s\nafter restarts\n%s", logs[0], logs[1])
		}
		if !bytes.Equal(requests[0], requests[1]) {
			t.Errorf("the requests are\n%s\nafter restarts\n%s", requests[0], requests[1])
		}
	})
}

func printedRequests(t *testing.T, server *model.Server) []byte {
	t.Helper()
	requests := server.Requests()
	for i := range requests {
		requests[i].Header = nil
	}
	b, err := json.MarshalIndent(requests, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return []byte(plainIDs(string(b)))
}

// TestRequests holds what a model is asked to what was said.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, wire := range wires {
		t.Run(wire, func(t *testing.T) {
			t.Parallel()
			server := model.Start(t)
			s := newSession(t, deskOf(t, newLibrary(t, providersOf(t, server))), options(wire))
			scenarios["two-tools"](s)
			s.say("tool get-time")
			s.say("say Never mind.")
			requests := server.Requests()
			last := requests[len(requests)-1]
			if last.System != "You are at the desk of Acme." {
				t.Errorf("system %q", last.System)
			}
			if want := []string{"get-weather", "get-time", "note-mood"}; !slices.Equal(last.Tools, want) {
				t.Errorf("tools %q", last.Tools)
			}
			got := heardBy(last)
			want := []string{
				"user text say Looking.\ntool get-weather {\"city\":\"Rome\",\"days\":2}\nand tool note-mood {}\nand tool get-time\nsay All done.",
				"assistant text Looking.", `assistant tool_use {"city":"Rome","days":2}`, "assistant tool_use {}", "assistant tool_use {}",
				"user tool_result sunny", "user tool_result null", "user tool_result no clock",
				"assistant text All done.",
				"user text tool get-time", "assistant tool_use {}", "user tool_result " + textCancelled,
				"user text say Never mind.",
			}
			if wire == "openai" { // which has no errors of tools
				want[7], want[11] = "user tool_result Error: no clock", "user tool_result Error: "+textCancelled
			}
			if !slices.Equal(got, want) {
				t.Errorf("heard %q\nwant %q", got, want)
			}
		})
	}
}

func heardBy(r model.Request) []string {
	var all []string
	for _, m := range r.Messages {
		for _, p := range m.Parts {
			all = append(all, m.Role+" "+p.Kind+" "+p.Text)
		}
	}
	return all
}
