package mock_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/openapi"
)

// TestGolden holds what the agent itself says against the recordings of a reference server. What the session adds is
// compared where the session is tested.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, r := range recordings(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			want := filter(t, r.log())
			got := filter(t, replay(t, r))
			for i := range max(len(want), len(got)) {
				switch {
				case i >= len(got):
					t.Fatalf("event %d is missing: %v", i, want[i])
				case i >= len(want):
					t.Fatalf("event %d is too much: %v", i, got[i])
				case !reflect.DeepEqual(got[i], want[i]):
					t.Fatalf("event %d is\n%v\nwant\n%v", i, got[i], want[i])
				}
			}
		})
	}
}

// replay runs the turns of a recording. Requests that were left unanswered are rejected, so that their turn ends.
func replay(t *testing.T, r recording) []openapi.Event {
	host := adaptertest.NewHost()
	agent, err := mock.New(0).Open(t.Context(), adapters.Options{SessionID: "golden"})
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range r.Messages {
		if strings.TrimSpace(message) == "" {
			continue // never reaches an agent
		}
		before := len(host.Log())
		turn := host.Turn(t, agent, message)
		if waits(message) {
			host.Await(t, "all requests", func(log []openapi.Event) bool { return len(asked(log[before:])) == requests(message) })
			for _, what := range r.Replies[message] {
				give(t, host, what)
			}
			for _, id := range asked(host.Log()[before:]) {
				if host.Open(id) {
					reject(t, host, id)
				}
			}
		}
		if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
			t.Fatalf("%q: %+v, %v", message, outcome, err)
		}
	}
	return host.Log()
}

func waits(message string) bool { return requests(message) > 0 }

// requests is how many answers a message's script waits for.
func requests(message string) int {
	switch word := strings.Fields(message)[0]; {
	case word == "permission", word == "question":
		return 2
	case word == "List", strings.Contains(message, "AskUserQuestion"):
		return 1
	}
	return 0
}

func asked(log []openapi.Event) []string {
	var ids []string
	for _, e := range log {
		switch data := e.Data.(type) {
		case openapi.PermissionRequestedData:
			ids = append(ids, data.PermissionID)
		case openapi.QuestionRequestedData:
			ids = append(ids, data.QuestionID)
		}
	}
	return ids
}

func give(t *testing.T, host *adaptertest.Host, r reply) {
	t.Helper()
	var err error
	switch r.Kind {
	case "permission":
		err = host.AnswerPermission(r.ID, r.Reply)
	case "question":
		err = host.AnswerQuestion(r.ID, r.Answers)
	case "reject":
		err = host.RejectQuestion(r.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func reject(t *testing.T, host *adaptertest.Host, id string) {
	t.Helper()
	if host.RejectQuestion(id) == nil {
		return
	}
	if err := host.AnswerPermission(id, openapi.PermissionReplyReject); err != nil {
		t.Fatal(err)
	}
}

// filter leaves what an agent says itself, without the ids that a session gives.
func filter(t *testing.T, log []openapi.Event) []map[string]any {
	t.Helper()
	own := []string{"item.started", "item.delta", "item.completed", "permission.requested", "question.requested", "error",
		"agent.unparsed", "session.ended"}
	var left []map[string]any
	for _, e := range log {
		item := strings.HasPrefix(e.Type(), "item.")
		if !slices.Contains(own, e.Type()) || item && e.Synthetic || byDaemon(e) {
			continue
		}
		var fields map[string]any
		b, err := json.Marshal(map[string]any{
			"type": e.Type(), "data": e.Data, "raw": e.Raw, "synthetic": e.Synthetic, "source": e.Source,
		})
		if err == nil {
			err = json.Unmarshal(b, &fields)
		}
		if err != nil {
			t.Fatal(err)
		}
		if data := fields["data"].(map[string]any); item && !blank(data) {
			continue // the user's
		}
		left = append(left, fields)
	}
	return left
}

// byDaemon tells a session.ended that is not the agent's.
func byDaemon(e openapi.Event) bool {
	ended, ok := e.Data.(openapi.SessionEndedData)
	return ok && ended.TerminatedBy == openapi.EventSourceDaemon
}

// blank takes the session's ids out of an item, or says that the item is the user's.
func blank(data map[string]any) bool {
	if item, ok := data["item"].(map[string]any); ok {
		data = item
	}
	delete(data, "item_id")
	return !strings.HasSuffix(data["native_item_id"].(string), "_user")
}
