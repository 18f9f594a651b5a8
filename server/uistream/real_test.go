package uistream_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
	"github.com/parleyhq/parley/server/webtest"
)

// realTurn is a turn as testdata/real/check.mjs reads it.
type realTurn struct {
	Name     string                     `json:"name"`
	Legs     []string                   `json:"legs"`     // bodies of responses
	Chunks   []string                   `json:"chunks"`   // the same for the AI SDK
	Results  map[string][]realResult    `json:"results"`  // what tools give, by their name
	Answered int                        `json:"answered"` // responses that a client asks for
	Displays map[string]openapi.Display `json:"displays"` // of calls
	Replaced []string                   `json:"replaced"` // structured output that is not kept
	Failed   string                     `json:"failed"`   // the error that the turn ends with
	Message  *openapi.UIMessage         `json:"message"`
	Messages []openapi.UIMessage        `json:"messages"`
	Chat     []uistream.ChatMessage     `json:"chat"`
}

type realResult struct {
	Result    json.RawMessage `json:"result,omitempty"`
	Error     string          `json:"error,omitempty"`
	Cancelled bool            `json:"cancelled,omitempty"`
}

// TestRealClients gives every recorded turn to the SDKs that it is made for: nothing is dropped, tools are executed once, and
// the message that they build is the one that is read later.
func TestRealClients(t *testing.T) {
	t.Parallel()
	dir := webtest.Packages(t, "testdata/real")
	var all []realTurn
	for name, l := range recorded(t) {
		for _, turn := range turns(l) {
			if slices.ContainsFunc(l.events, func(e openapi.Event) bool { return e.TurnID == turn && e.Type() == openapi.EventTurnEnded }) {
				all = append(all, turnFor(t, name, l, turn))
			}
		}
	}
	check := webtest.Command(t, dir, "node", "check.mjs")
	check.Stdin = strings.NewReader(encode(t, all))
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// turnFor is a turn as clients get it, and as it is read later.
func turnFor(t *testing.T, name string, l *log, turn string) realTurn {
	t.Helper()
	m := fold(l)
	r := realTurn{
		Name: name + " " + turn, Results: map[string][]realResult{}, Displays: displays(l), Replaced: append([]string{}, replaced(l)...),
		Message: answers(l)[turn], Messages: m.List(0),
		Chat: uistream.ChatMessages(m.List(0), 0),
	}
	var ai uistream.AISDK
	for _, e := range legs(l, turn) {
		if e.Data.Type == openapi.UIStart {
			r.Legs, r.Chunks = append(r.Legs, ""), append(r.Chunks, "")
		}
		r.Failed = e.Data.Message
		last := len(r.Legs) - 1
		r.Legs[last] += fmt.Sprintf("id: %s\ndata: %s\n\n", e.ID, encode(t, e.Data))
		for _, c := range ai.Chunks(e.Data) {
			r.Chunks[last] += fmt.Sprintf("id: %s\ndata: %s\n\n", e.ID, encode(t, c))
		}
		if e.Data.Type == openapi.UIFinish || e.Data.Type == openapi.UIError {
			r.Legs[last] += "data: [DONE]\n\n"
			r.Chunks[last] += "data: [DONE]\n\n"
		}
	}
	r.Answered = len(r.Legs)
	for _, e := range l.events {
		if d, ok := e.Data.(openapi.ToolResolvedData); ok && e.TurnID == turn {
			r.resolve(d)
		}
	}
	return r
}

// resolve notes what a tool gives. A client that is asked for one that was cancelled has not answered it.
func (r *realTurn) resolve(d openapi.ToolResolvedData) {
	result := realResult{Result: d.Result, Error: d.Error, Cancelled: d.Status == openapi.ToolStatusCancelled}
	if string(d.Result) == "null" {
		result.Result = nil
	}
	if result.Cancelled {
		r.Answered = 1
	}
	r.Results[d.Name] = append(r.Results[d.Name], result)
}
