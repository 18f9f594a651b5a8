package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func saying(text string) openapi.TriggerRequest {
	return openapi.TriggerRequest{TriggerName: "user-message", Input: map[string]any{"USER_MESSAGE": text}}
}

// executed is what a test's tools give: the number of the call, or an error for confirm.
func executed(ev openapi.Event, d openapi.ToolRequestedData) openapi.TriggerRequest {
	result := openapi.ToolResult{ToolCallID: d.ToolCallID, ToolName: d.Name}
	if d.Name == "confirm" {
		result.Error = new("nobody is there")
	} else {
		result.Result = json.RawMessage(fmt.Sprintf(`{"of":%q,"got":%s}`, d.ToolCallID, d.Arguments))
	}
	return openapi.TriggerRequest{ExecutionID: ev.TurnID, ToolResults: []openapi.ToolResult{result}}
}

// whole is a turn as a loop has yielded it.
type whole struct {
	sequences []uint64
	turns     []string
	said      string // the message that was completed last
	status    openapi.TurnStatus
}

// play reads a turn to its end and executes its tools on the way: each result is sent by a call of its own, whose answer is only
// looked at as far as the server shows it.
func play(t *testing.T, c *client.Client, id string, events iter.Seq2[openapi.Event, error]) (w whole) {
	t.Helper()
	for ev, err := range events {
		if err != nil {
			t.Fatalf("%v after %v", err, w.sequences)
		}
		w.sequences = append(w.sequences, ev.Sequence)
		if !slices.Contains(w.turns, ev.TurnID) {
			w.turns = append(w.turns, ev.TurnID)
		}
		switch d := ev.Data.(type) {
		case openapi.ToolRequestedData:
			for _, err := range c.TriggerSession(t.Context(), id, executed(ev, d), client.AsSent()) {
				if err != nil {
					t.Fatalf("result of %s: %v", d.ToolCallID, err)
				}
				break // it was heard
			}
		case openapi.ItemCompletedData:
			if text, ok := d.Item.Content[0].Part.(openapi.TextPart); ok {
				w.said = text.Text
			}
		case openapi.TurnEndedData:
			w.status = d.Status
		}
	}
	return w
}

const chained = `chain get-weather {"city":"Bern"}; confirm; get-time {}`

const chainedText = `{"of":"mock_1_call_1","got":{"city":"Bern"}}; nobody is there; {"of":"mock_1_call_3","got":{}}`

// TestTriggerSession yields whole turns, with the tools that the caller executes in the body of the loop.
func TestTriggerSession(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"echo hello": "hello",
		"count":      "count=1",
		chained:      chainedText,
		strings.Replace(chained, "chain", "call tools", 1): chainedText,
		"fail": "fail", // the user's
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			c, id := newSession(t)
			got := play(t, c, id, c.TriggerSession(t.Context(), id, saying(text)))
			status := openapi.TurnStatusCompleted
			if text == "fail" {
				status = openapi.TurnStatusFailed
			}
			if got.said != want || got.status != status || !slices.Equal(got.turns, []string{"turn_1"}) {
				t.Errorf("said %q, %s in %v", got.said, got.status, got.turns)
			}
			info, err := c.GetSession(t.Context(), id)
			if want := upTo(uint64(info.EventCount))[1:]; err != nil || !slices.Equal(got.sequences, want) {
				t.Errorf("yielded %v of %v, %v", got.sequences, want, err)
			}
		})
	}
}

// TestTriggerLegByLeg takes the streams as the server sends them: each ends with the call whose result begins the next.
func TestTriggerLegByLeg(t *testing.T) {
	t.Parallel()
	c, id := newSession(t)
	var sequences []uint64
	var said string
	for req, legs := saying(chained), 0; req.TriggerName != "" || len(req.ToolResults) > 0; legs++ {
		next := openapi.TriggerRequest{}
		for ev, err := range c.TriggerSession(t.Context(), id, req, client.AsSent()) {
			if err != nil || legs > 3 {
				t.Fatal(err, legs)
			}
			sequences = append(sequences, ev.Sequence)
			switch d := ev.Data.(type) {
			case openapi.ToolRequestedData:
				next = executed(ev, d)
			case openapi.ItemCompletedData:
				if text, ok := d.Item.Content[0].Part.(openapi.TextPart); ok {
					said = text.Text
				}
			}
		}
		req = next
	}
	if last := sequences[len(sequences)-1]; said != chainedText || !slices.Equal(sequences, upTo(last)[1:]) {
		t.Errorf("said %q in %v", said, sequences)
	}
}

// TestTriggersOverABadConnection loses no event and no result, and fires nothing twice.
func TestTriggersOverABadConnection(t *testing.T) {
	t.Parallel()
	c, id := newSession(t, fast, client.WithHTTPClient(&http.Client{Transport: &scissors{after: 2000}}))
	var got []uint64
	for i, text := range []string{"echo hello", chained, "call tools get-time; get-weather; confirm", "count"} {
		turn := play(t, c, id, c.TriggerSession(t.Context(), id, saying(text)))
		if want := fmt.Sprintf("turn_%d", i+1); !slices.Equal(turn.turns, []string{want}) || turn.status != openapi.TurnStatusCompleted {
			t.Errorf("%s: %s of %v", text, turn.status, turn.turns)
		}
		got = append(got, turn.sequences...)
		if text == "count" && turn.said != "count=4" {
			t.Errorf("said %q", turn.said)
		}
	}
	if want := upTo(got[len(got)-1])[1:]; !slices.Equal(got, want) {
		t.Errorf("yielded %v, want %v", got, want)
	}
}

// TestTriggersWait for each other: every loop sees its own turn.
func TestTriggersWait(t *testing.T) {
	t.Parallel()
	c, id := newSession(t)
	var wg sync.WaitGroup
	turns := make([]string, 6)
	for i := range turns {
		wg.Go(func() {
			for ev, err := range c.TriggerSession(t.Context(), id, saying("slow 1")) {
				switch {
				case err != nil:
					t.Error(err)
					return
				case turns[i] == "":
					turns[i] = ev.TurnID
				case ev.TurnID != turns[i]:
					t.Errorf("%s of turn %q in the loop of %s", ev.Type(), ev.TurnID, turns[i])
				}
			}
		})
	}
	wg.Wait()
	if slices.Sort(turns); !slices.Equal(turns, []string{"turn_1", "turn_2", "turn_3", "turn_4", "turn_5", "turn_6"}) {
		t.Errorf("turns %v", turns)
	}
}

func TestResultsForNothing(t *testing.T) {
	t.Parallel()
	c, id := newSession(t)
	for _, req := range []openapi.TriggerRequest{
		{ToolResults: []openapi.ToolResult{{ToolCallID: "mock_1_call_1"}}}, {}, {TriggerName: "other"}, saying(" "),
	} {
		got, err := collect(c.TriggerSession(t.Context(), id, req))
		var refused *client.Error
		if !errors.Is(err, client.ErrInvalid) || !errors.As(err, &refused) || len(got) > 0 {
			t.Errorf("%+v: got %v, %v", req, got, err)
		}
	}
}

const triggerPath = "POST /v1/sessions/s/trigger"

func toolRequested(sequence uint64) string {
	return frame(event(sequence, openapi.ToolRequestedData{
		ToolCallID: "c", Name: "get-time", Arguments: json.RawMessage(`{}`), Source: openapi.ToolSourceLLM,
	}))
}

func toolResolved(sequence uint64) string {
	return frame(event(sequence, openapi.ToolResolvedData{
		ToolCallID: "c", Name: "get-time", Status: openapi.ToolStatusCompleted, Result: json.RawMessage(`1`),
	}))
}

// TestTriggerSessionOnTheWire tells which requests a turn takes. Every POST must carry one and the same key and body.
func TestTriggerSessionOnTheWire(t *testing.T) {
	t.Parallel()
	type scripts = []http.HandlerFunc
	give := openapi.TriggerRequest{ExecutionID: "turn_1", ToolResults: []openapi.ToolResult{{ToolCallID: "c", Result: json.RawMessage(`1`)}}}
	for name, test := range map[string]struct {
		req     openapi.TriggerRequest
		scripts scripts
		posts   int
		want    []uint64
		err     error
		opts    []client.CallOption
	}{
		"goes on after a call": {
			req:     saying("x"),
			scripts: scripts{frames(turnStarted(2), toolRequested(3)), cut(toolResolved(4)), frames(delta(5), turnEnded(6))},
			posts:   1, want: []uint64{2, 3, 4, 5, 6},
		},
		"ends as sent": {
			req:     saying("x"),
			scripts: scripts{frames(turnStarted(2), toolRequested(3))},
			posts:   1, want: []uint64{2, 3}, opts: []client.CallOption{client.AsSent()},
		},
		"ends as sent, with all calls": {
			req:     saying("x"),
			scripts: scripts{frames(turnStarted(2), toolRequested(3), toolRequested(4))},
			posts:   1, want: []uint64{2, 3, 4}, opts: []client.CallOption{client.AsSent()},
		},
		"ends as sent, while other calls wait": {
			req:     give,
			scripts: scripts{frames(toolResolved(4))},
			posts:   1, want: []uint64{4}, opts: []client.CallOption{client.AsSent()},
		},
		"ends as sent, after a cut": {
			req:     saying("x"),
			scripts: scripts{cut(turnStarted(2)), hang(toolRequested(3), toolResolved(4))},
			posts:   1, want: []uint64{2, 3}, opts: []client.CallOption{client.AsSent()},
		},
		"not heard at first": {
			req:     saying("x"),
			scripts: scripts{abort, refuse(503, "internal", "starting"), cut(": wait\n\n"), frames(turnStarted(2), turnEnded(3))},
			posts:   4, want: []uint64{2, 3},
		},
		"results": {
			req:     give,
			scripts: scripts{frames(toolResolved(4), delta(5), turnEnded(6))},
			posts:   1, want: []uint64{4, 5, 6},
		},
		"results, not heard at first": {
			req:     give,
			scripts: scripts{abort, cut(": wait\n\n"), frames(toolResolved(4), turnEnded(5))},
			posts:   3, want: []uint64{4, 5},
		},
		"results, cut": {
			req:     give,
			scripts: scripts{cut(toolResolved(4)), cut(delta(5)), frames(otherTurn(6), delta(7), turnEnded(8))},
			posts:   1, want: []uint64{4, 5, 7, 8},
		},
		"results that come too late": {
			req:     give,
			scripts: scripts{refuse(400, "invalid_request", "invalid request: unknown tool call id: c")},
			posts:   1, err: client.ErrInvalid,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, test.scripts...)
			got, err := collect(w.client().TriggerSession(t.Context(), "s", test.req, test.opts...))
			if !errors.Is(err, test.err) || !slices.Equal(got, test.want) {
				t.Errorf("got %v, %v, want %v, %v", got, err, test.want, test.err)
			}
			body, err := json.Marshal(test.req)
			if err != nil {
				t.Fatal(err)
			}
			checkTriggers(t, w.asked(len(test.scripts)), test.posts, string(body))
		})
	}
}

// checkTriggers expects so many POSTs of one and the same trigger, and then only requests for events.
func checkTriggers(t *testing.T, requests []request, posts int, body string) {
	t.Helper()
	key := requests[0].header.Get("Idempotency-Key")
	for i, r := range requests {
		switch what := r.method + " " + r.path; {
		case i < posts && (what != triggerPath || r.header.Get("Idempotency-Key") != key || len(key) != 36):
			t.Errorf("request %d: %s under key %q, the first had %q", i, what, r.header.Get("Idempotency-Key"), key)
		case i < posts && strings.TrimSpace(r.body) != body:
			t.Errorf("request %d: body %s, want %s", i, r.body, body)
		case i >= posts && what != eventsPath:
			t.Errorf("request %d: %s", i, what)
		}
	}
}
