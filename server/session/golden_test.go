package session

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/openapi"
)

// golden is what the original server answered to some messages; the mock agent's contract.
type golden struct {
	CreateRequest openapi.CreateSessionRequest
	Messages      []string
	Replies       map[string][]goldenReply
	SessionEnded  bool
	Events        []map[string]any
}

type goldenReply struct {
	Kind, ID string
	Reply    openapi.PermissionReply
	Answers  [][]string
}

// TestMockGoldens plays every recorded script on the real session: the same events in the same order, but for the two
// differences that are wanted: turns that the original leaves open are ended, and requests that are open then are resolved.
func TestMockGoldens(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../adapters/mock/testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			playGolden(t, file)
		})
	}
}

func playGolden(t *testing.T, file string) {
	var g golden
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &g); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.restart(Config{Adapters: []adapters.Adapter{mock.New(0)}})
	if _, err := w.Create(t.Context(), "golden", g.CreateRequest, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	for i, m := range g.Messages {
		a := w.send("golden", m)
		w.answer(g, i, a.TurnID)
	}
	info, err := w.Get(t.Context(), "golden")
	if err != nil || info.Ended != g.SessionEnded {
		t.Errorf("ended %v, %v", info.Ended, err)
	}
	page, err := w.Events(t.Context(), "golden", 0, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	for _, r := range page.Records {
		var e map[string]any
		if err := json.Unmarshal(openapi.JoinRaw(r.JSON, r.Raw), &e); err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	compareGolden(t, g.Events, got)
}

// answer gives the recorded replies of one message, and ends the turn where the recording leaves it open.
func (w *world) answer(g golden, message int, turn string) {
	w.t.Helper()
	replies := g.Replies[g.Messages[message]]
	asked, ends := g.turn(message)
	w.await("golden", func(e openapi.Event) bool {
		if e.TurnID != turn {
			return false
		}
		switch e.Type() {
		case openapi.EventPermissionRequested, openapi.EventQuestionRequested:
			if asked--; asked == 0 {
				w.giveReplies(replies)
				if !ends {
					w.must(w.Interrupt(w.t.Context(), "golden"))
				}
			}
		case openapi.EventTurnEnded:
			return true
		}
		return false
	})
	if g.SessionEnded {
		w.must(w.Terminate(w.t.Context(), "golden"))
	}
}

// turn counts the requests of a recorded turn, and tells whether the recording ends it.
func (g golden) turn(message int) (asked int, ends bool) {
	at := -1
	for _, e := range g.Events {
		switch e["type"] {
		case openapi.EventTurnStarted:
			at++
		case openapi.EventPermissionRequested, openapi.EventQuestionRequested:
			if at == message {
				asked++
			}
		case openapi.EventTurnEnded:
			ends = ends || at == message
		}
	}
	return asked, ends
}

func (w *world) giveReplies(replies []goldenReply) {
	for _, r := range replies {
		switch r.Kind {
		case "permission":
			w.reply("golden", r.ID, r.Reply)
		case "question":
			w.must(w.ReplyQuestion(w.t.Context(), "golden", r.ID, r.Answers, Idempotency{}))
		case "reject":
			w.must(w.RejectQuestion(w.t.Context(), "golden", r.ID, Idempotency{}))
		}
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func compareGolden(t *testing.T, want, got []map[string]any) {
	t.Helper()
	for _, e := range want {
		plain(e)
	}
	for i, e := range got {
		if e["sequence"] != float64(i+1) {
			t.Fatalf("event %v stands at %d", e["sequence"], i+1)
		}
		plain(e)
		if len(want) > 0 && reflect.DeepEqual(e, want[0]) {
			want = want[1:]
			continue
		}
		if !extra(e) {
			t.Fatalf("event %d\n%s\nwant\n%s", i+1, compactJSON(e), compactJSON(want))
		}
	}
	if len(want) > 0 {
		t.Fatalf("missing\n%s", compactJSON(want))
	}
}

// extra tells whether an event may stand where the recording has none.
func extra(e map[string]any) bool {
	status := e["data"].(map[string]any)["status"]
	switch e["type"] {
	case openapi.EventTurnEnded:
		return true
	case openapi.EventPermissionResolved, openapi.EventQuestionResolved:
		return status == "reject" || status == "rejected"
	}
	return false
}

// plain takes off what differs from run to run, and what Parley says beyond the original.
func plain(e map[string]any) {
	for _, k := range []string{"event_id", "sequence", "time", "turn_id"} {
		delete(e, k)
	}
	if d, ok := e["data"].(map[string]any); ok && d["phase"] != nil {
		delete(d, "turn_id")
		delete(d, "status")
	}
}

func compactJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b[:min(len(b), 1500)])
}
