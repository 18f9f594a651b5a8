package session

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// crash writes events of the server's, as a server that was killed behind them has left them, and starts another one.
func (w *world) crash(id, turn string, events ...openapi.EventData) {
	w.t.Helper()
	w.stopNow(w.Service)
	row, err := w.store.Session(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	st, err := loadState(row.State)
	if err != nil {
		w.t.Fatal(err)
	}
	pen := writer{store: w.store, feed: newFeed(row.Last, false), now: time.Now, id: id, prefix: eventPrefix(row.Key), last: row.Last, state: st}
	for _, data := range events {
		of := turn
		if _, waits := data.(openapi.MessageQueuedData); waits {
			of = fmt.Sprintf("turn_%d", pen.state.Messages+1)
		}
		pen.append(data, byServer, of, nil)
	}
	if err := pen.commit(context.Background(), nil); err != nil {
		w.t.Fatal(err)
	}
	w.start(Config{})
}

func began(turn string) openapi.EventData {
	return openapi.TurnStartedData{Phase: openapi.TurnStartedPhaseStarted, TurnID: turn}
}

func called(id string) openapi.EventData {
	return openapi.ToolRequestedData{ToolCallID: id, Name: "first", Arguments: json.RawMessage(`{}`), Source: openapi.ToolSourceLLM}
}

func gave(id string) openapi.EventData {
	return openapi.ToolResolvedData{ToolCallID: id, Name: "first", Status: openapi.ToolStatusCompleted, Result: json.RawMessage(`1`)}
}

func queued(text string) openapi.EventData {
	return openapi.MessageQueuedData{Message: text, Attachments: []openapi.Attachment{}, Position: 1}
}

// Where a server was killed between two events of a turn that calls a tool of the client, the next one goes on as the former
// one would have.
func TestCrashOfASuspendedTurn(t *testing.T) {
	const call = "call_turn_1_0"
	for name, c := range map[string]struct {
		log  []openapi.EventData
		then func(*world)
		ends []openapi.TurnStatus
	}{
		"before the turn was suspended": {
			[]openapi.EventData{began("turn_1"), called(call)},
			func(w *world) { w.results("s", results(call)...) },
			[]openapi.TurnStatus{openapi.TurnStatusCompleted},
		},
		"before the turn went on": {
			[]openapi.EventData{began("turn_1"), called(call), gave(call)},
			nil,
			[]openapi.TurnStatus{openapi.TurnStatusCompleted},
		},
		"before the turn was given up for a message that waits": {
			[]openapi.EventData{began("turn_1"), queued("hello"), called(call)},
			nil,
			[]openapi.TurnStatus{openapi.TurnStatusInterrupted, openapi.TurnStatusCompleted},
		},
		"after the turn has said something": {
			[]openapi.EventData{began("turn_1"), called(call), gave(call), openapi.UsageUpdatedData{}},
			nil,
			[]openapi.TurnStatus{openapi.TurnStatusFailed},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.puppet.scripts[""] = calls([]string{"first"})
			w.create("s")
			w.crash("s", "turn_1", c.log...)
			if c.then != nil {
				c.then(w)
			}
			var ends []openapi.TurnStatus
			for _, e := range w.awaitEnds("s", len(c.ends)) {
				if d, ok := e.Data.(openapi.TurnEndedData); ok {
					ends = append(ends, d.Status)
				}
			}
			if fmt.Sprint(ends) != fmt.Sprint(c.ends) {
				t.Errorf("turns ended %v, want %v", ends, c.ends)
			}
			w.sameFold("s")
		})
	}
}

// What a former version has stored of requests does not say what is not a question: those are permissions.
func TestRequestsOfAFormerVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("s")
	w.crash("s", "turn_1", began("turn_1"),
		openapi.PermissionRequestedData{PermissionID: "x", Action: "do", Status: openapi.RequestedStatusRequested},
		openapi.QuestionRequestedData{QuestionID: "x", Prompt: "?", Options: []string{}, Status: openapi.RequestedStatusRequested})
	events := w.awaitEnds("s", 1)
	wantLines(t, events[4:],
		"5 server turn_1 permission.resolved x reject",
		"6 server turn_1 question.resolved x rejected",
		"7 server turn_1 error server_restarted",
		"8 server turn_1 turn.ended failed",
	)
	w.sameFold("s")
}
