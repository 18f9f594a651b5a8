package mock_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

func gave(result string) adapters.ToolResult {
	return adapters.ToolResult{Status: openapi.ToolStatusCompleted, Result: json.RawMessage(result)}
}

func refused(why string) adapters.ToolResult {
	return adapters.ToolResult{Status: openapi.ToolStatusFailed, Result: json.RawMessage("null"), Error: why}
}

// plain is the text that a JSON value is.
func plain(t testing.TB, value json.RawMessage) string {
	t.Helper()
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		t.Error(err)
	}
	return text
}

// suspended waits for a leg to end, and returns the calls that are open by then, in order.
func suspended(t testing.TB, host *adaptertest.Host, turn *adaptertest.Turn) []openapi.ToolRequestedData {
	t.Helper()
	outcome, err := turn.Wait(t)
	if err != nil || outcome != (adapters.Outcome{Suspended: true}) {
		t.Fatalf("%+v, %v", outcome, err)
	}
	var open []openapi.ToolRequestedData
	for _, e := range host.Log() {
		if d, ok := e.Data.(openapi.ToolRequestedData); ok && host.Open(d.ToolCallID) {
			open = append(open, d)
		}
	}
	return open
}

func answerTool(t testing.TB, host *adaptertest.Host, id string, r adapters.ToolResult) {
	t.Helper()
	if err := host.AnswerTool(id, r); err != nil {
		t.Fatal(err)
	}
}

// line says in short what an output says.
func line(o openapi.Output) string {
	switch o := o.(type) {
	case openapi.ItemStarted:
		return "start " + *o.Item.NativeItemID
	case openapi.ItemDelta:
		return fmt.Sprintf("%s %s", o.Part, o.Delta)
	case openapi.ItemCompleted:
		return fmt.Sprintf("%s %s %s", o.Item.Status, *o.Item.NativeItemID, content(o.Item))
	}
	return fmt.Sprintf("%T", o)
}

func content(item openapi.Item) string {
	switch p := item.Content[0].Part.(type) {
	case openapi.ToolCallPart:
		return p.CallID + " " + p.Name + p.Arguments
	case openapi.ToolResultPart:
		return p.CallID + " " + p.Output
	}
	return text(item)
}

func wantSaid(t testing.TB, said []openapi.Output, want ...string) {
	t.Helper()
	var got []string
	for _, o := range said {
		got = append(got, line(o))
	}
	if !slices.Equal(got, want) {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCallTool goes on with another agent each time: whatever is between the legs, nothing is lost.
func TestCallTool(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		result adapters.ToolResult
		status openapi.ItemStatus
		text   string
	}{
		"a result":    {gave("{\"b\": 1,\n\"a\": \"\\u003cb\\u003e \\\\u003c\"}"), "completed", `{"b":1,"a":"<b> \\u003c"}`},
		"null":        {gave("null"), "completed", "null"},
		"an error":    {refused("no such city"), "failed", "no such city"},
		"a large one": {gave(`"` + strings.Repeat("x", 1<<20) + `"`), "completed", `"` + strings.Repeat("x", 1<<20) + `"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := adaptertest.NewHost()
			turn := host.Trigger(t, open(t, 0), says(`call tool get-weather { "city": "Zürich" }`))
			calls := suspended(t, host, turn)
			if len(calls) != 1 || calls[0].ToolCallID != "mock_1_call_1" || calls[0].Name != "get-weather" ||
				string(calls[0].Arguments) != `{"city":"Zürich"}` || calls[0].Source != openapi.ToolSourceLLM || calls[0].ItemID != "itm_1" {
				t.Fatalf("calls %+v", calls)
			}
			wantSaid(t, turn.Outputs(), "start mock_1_call_1", `tool_input {"city":"`, `tool_input Zürich"}`,
				`completed mock_1_call_1 mock_1_call_1 get-weather{"city":"Zürich"}`)
			answerTool(t, host, "mock_1_call_1", c.result)
			next := turn.Resume(t, open(t, 0))
			if outcome, err := next.Wait(t); err != nil || outcome != (adapters.Outcome{Status: openapi.TurnStatusCompleted}) {
				t.Fatalf("%+v, %v", outcome, err)
			}
			half := len(c.text) / 2
			wantSaid(t, next.Outputs(), "start mock_1_call_1_result", string(c.status)+" mock_1_call_1_result mock_1_call_1 "+c.text,
				"start mock_1_reply", " "+c.text[:half], " "+c.text[half:], "completed mock_1_reply "+c.text)
			inOrder(t, host.Outputs())
		})
	}
}

// TestCallTools opens all calls before it waits for any.
func TestCallTools(t *testing.T) {
	t.Parallel()
	host := adaptertest.NewHost()
	turn := host.Trigger(t, open(t, 0), says(`call tools get-weather {"a":";"}; get-time; get-weather {"city":"Bern"};`))
	calls := suspended(t, host, turn)
	if len(calls) != 3 || calls[1].Name != "get-time" || string(calls[1].Arguments) != "{}" || calls[2].ToolCallID != "mock_1_call_3" {
		t.Fatalf("calls %+v", calls)
	}
	for _, e := range host.Log()[:len(host.Log())-3] {
		if e.Type() == openapi.EventToolRequested {
			t.Error("a call was made before the others were said")
		}
	}
	answerTool(t, host, "mock_1_call_3", refused("no"))
	answerTool(t, host, "mock_1_call_1", gave(`{"t":1}`))
	answerTool(t, host, "mock_1_call_2", gave(`"12:00"`))
	next := turn.Resume(t, open(t, 0))
	if outcome, err := next.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("%+v, %v", outcome, err)
	}
	if got := text(last(t, next.Outputs())); got != `{"t":1}; "12:00"; no` {
		t.Errorf("said %q", got)
	}
	inOrder(t, host.Outputs())
}

// TestChain calls the next tool when the one before has its result, and says all results at the end.
func TestChain(t *testing.T) {
	t.Parallel()
	host := adaptertest.NewHost()
	turn := host.Trigger(t, open(t, 0), says(`chain get-time {}; confirm {"sure":true}; get-weather {}`))
	for i, name := range []string{"get-time", "confirm", "get-weather"} {
		calls := suspended(t, host, turn)
		if len(calls) != 1 || calls[0].Name != name {
			t.Fatalf("round %d: calls %+v", i, calls)
		}
		answerTool(t, host, calls[0].ToolCallID, gave(fmt.Sprint(i)))
		turn = turn.Resume(t, open(t, 0))
	}
	if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("%+v, %v", outcome, err)
	}
	if got := text(last(t, turn.Outputs())); got != "0; 1; 2" {
		t.Errorf("said %q", got)
	}
	inOrder(t, host.Outputs())
	items := map[string]int{}
	for _, o := range host.Outputs() {
		if done, ok := o.(openapi.ItemCompleted); ok {
			items[*done.Item.NativeItemID]++
		}
	}
	if len(items) != 7 {
		t.Errorf("items %v, want 3 calls, 3 results and a text", items)
	}
}

// TestCutBetweenCalls goes on where the server ended after the first of two calls had its result: the second one was said, and
// not made.
func TestCutBetweenCalls(t *testing.T) {
	t.Parallel()
	tr := says("call tools get-time; confirm")
	in := adapters.Input{Number: 1, TurnID: "turn_1", Trigger: &tr, Results: map[string]adapters.ToolResult{"mock_1_call_1": gave("1")}}
	host := &calling{}
	if outcome, err := open(t, 0).Turn(t.Context(), in, host); err != nil || !outcome.Suspended {
		t.Fatalf("%+v, %v", outcome, err)
	}
	if !slices.Equal(host.did, []string{"call mock_1_call_2"}) {
		t.Errorf("did %q", host.did)
	}
	in.Results["mock_1_call_2"] = gave("2")
	host.did = nil
	if outcome, err := open(t, 0).Turn(t.Context(), in, host); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("%+v, %v", outcome, err)
	}
	if want := "completed mock_1_call_1_result mock_1_call_1 1"; !slices.Contains(host.did, want) {
		t.Errorf("did %q", host.did)
	}
}

// calling is a host that notes what it is handed.
type calling struct {
	adapters.Host
	did []string
}

func (c *calling) Emit(o openapi.Output) error {
	c.did = append(c.did, line(o))
	return nil
}

func (c *calling) CallTool(call adapters.ToolCall) (adapters.Pending[adapters.ToolResult], error) {
	c.did = append(c.did, "call "+call.ID)
	return nil, nil
}

// TestBadCalls are not made; the text says why.
func TestBadCalls(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"call tool get-wether {}":                  "unknown tool: get-wether",
		"call tools get-time {}; nothing {}":       "unknown tool: nothing",
		"chain ;":                                  "unknown tool: ",
		"call tool get-time [1]":                   "arguments of get-time: not a JSON object",
		"call tool get-time null":                  "arguments of get-time: not a JSON object",
		"call tool get-time {\"a\":}":              "arguments of get-time: not a JSON object",
		"call tool get-time {":                     "arguments of get-time: not a JSON object",
		"call tool get-time {} {}":                 "arguments of get-time: not a JSON object",
		"chain get-time {}; confirm Zurich":        "arguments of confirm: not a JSON object",
		"chain " + strings.Repeat("confirm;", 101): "more than 100 calls",
	} {
		said := fired(t, message, openapi.TurnStatusCompleted)
		if got := text(last(t, said)); got != want {
			t.Errorf("%.40q: said %q, want %q", message, got, want)
		}
	}
}

// TestInterruptedCalls: a turn that is interrupted before it has made its calls makes none.
func TestInterruptedCalls(t *testing.T) {
	t.Parallel()
	host := adaptertest.NewHost()
	turn := host.Trigger(t, open(t, time.Hour), says("call tools get-time; confirm"))
	turn.AwaitType(t, openapi.EventItemStarted, 1)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusInterrupted {
		t.Fatalf("%+v, %v", outcome, err)
	}
	inOrder(t, turn.Outputs())
}

// TestCallsOfAClosedAgent: an agent that is closed when its calls are made has done its work.
func TestCallsOfAClosedAgent(t *testing.T) {
	t.Parallel()
	agent := open(t, 0)
	tr := says("call tool confirm {}")
	host := &closing{agent: agent}
	in := adapters.Input{Number: 1, TurnID: "turn_1", Trigger: &tr}
	if outcome, err := agent.Turn(t.Context(), in, host); err != nil || !outcome.Suspended {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// closing closes the agent that calls a tool.
type closing struct {
	calling
	agent adapters.Agent
}

func (c *closing) CallTool(call adapters.ToolCall) (adapters.Pending[adapters.ToolResult], error) {
	_ = c.agent.Close(context.Background())
	return c.calling.CallTool(call)
}
