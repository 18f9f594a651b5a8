package provider

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// messageEvents are events of the Messages API, each named by its type.
func messageEvents(t testing.TB, events ...string) string {
	t.Helper()
	var out strings.Builder
	for _, e := range events {
		var named struct{ Type string }
		if err := json.Unmarshal([]byte(e), &named); err != nil {
			t.Fatal(err, e)
		}
		out.WriteString("event: " + named.Type + "\ndata: " + e + "\n\n")
	}
	return out.String()
}

const (
	messageStart = `{"type":"message_start","message":{"usage":{"input_tokens":7,"cache_read_input_tokens":3,"cache_creation_input_tokens":2,"output_tokens":1}}}`
	messageStop  = `{"type":"message_stop"}`
)

func startBlock(index, block string) string {
	return `{"type":"content_block_start","index":` + index + `,"content_block":` + block + `}`
}

func addBlock(index, delta string) string {
	return `{"type":"content_block_delta","index":` + index + `,"delta":` + delta + `}`
}

func stopBlock(index string) string { return `{"type":"content_block_stop","index":` + index + `}` }

func stopFor(reason string) string {
	return `{"type":"message_delta","delta":{"stop_reason":"` + reason + `"},"usage":{"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}`
}

func told(t *testing.T, events ...string) []Part {
	t.Helper()
	body := messageEvents(t, append([]string{messageStart}, events...)...)
	return whole(t, serve(t, "anthropic/m", Config{}, stream(body)).Stream(t.Context(), user("hi")))
}

func TestAnthropicBlocksInOrder(t *testing.T) {
	t.Parallel()
	parts := told(t,
		startBlock("0", `{"type":"thinking","thinking":"","signature":""}`),
		addBlock("0", `{"type":"thinking_delta","thinking":"hm"}`),
		addBlock("0", `{"type":"signature_delta","signature":"si"}`),
		addBlock("0", `{"type":"signature_delta","signature":"g"}`),
		stopBlock("0"),
		startBlock("1", `{"type":"redacted_thinking","data":"dark"}`),
		stopBlock("1"),
		startBlock("2", `{"type":"text","text":"I"}`),
		addBlock("2", `{"type":"text_delta","text":" look."}`),
		stopBlock("2"),
		startBlock("3", `{"type":"tool_use","id":"toolu_1","name":"x","input":{}}`),
		addBlock("3", `{"type":"input_json_delta","partial_json":""}`),
		addBlock("3", `{"type":"input_json_delta","partial_json":"{\"m\":1}"}`),
		stopBlock("3"),
		startBlock("4", `{"type":"thinking","thinking":"","signature":"own"}`),
		stopBlock("4"),
		stopFor("tool_use"), messageStop,
	)
	want := []Part{
		ReasoningStart{"reasoning_1"}, ReasoningDelta{"reasoning_1", "hm"},
		ReasoningEnd{"reasoning_1", Metadata{Provider: "anthropic", Signature: "sig"}},
		ReasoningStart{"reasoning_2"}, ReasoningEnd{"reasoning_2", Metadata{Provider: "anthropic", Redacted: "dark"}},
		TextStart{"text_3"}, TextDelta{"text_3", "I"}, TextDelta{"text_3", " look."}, TextEnd{"text_3"},
		ToolInputStart{"toolu_1", "x"}, ToolInputDelta{"toolu_1", `{"m":1}`}, ToolInputEnd{"toolu_1"},
		ToolCall{ID: "toolu_1", Name: "x", Arguments: json.RawMessage(`{"m":1}`)},
		ReasoningStart{"reasoning_4"}, ReasoningEnd{"reasoning_4", Metadata{Provider: "anthropic", Signature: "own"}},
		Usage{Input: 7, Output: 9, CacheRead: 3, CacheWrite: 2, Reasoning: 4}, Finish{FinishToolCalls},
	}
	if !reflect.DeepEqual(parts, want) {
		t.Errorf("%s\nnot %s", show(parts), show(want))
	}
	roles := repeat(t, parts)
	if len(roles.Parts) != 5 || roles.Parts[1].Reasoning.Metadata.Redacted != "dark" || roles.Parts[4].Reasoning.Metadata.Signature != "own" {
		t.Errorf("%+v", roles)
	}
}

func TestAnthropicReasons(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]FinishReason{
		"end_turn": FinishStop, "stop_sequence": FinishStop, "max_tokens": FinishLength, "refusal": FinishContentFilter,
		"model_context_window_exceeded": FinishLength, "pause_turn": FinishOther, "new": FinishOther, "tool_use": FinishStop,
	} {
		if got := finish(t, told(t, stopFor(reason), messageStop)); got != want {
			t.Errorf("%s: %s", reason, got)
		}
	}
}

func TestOddAnthropicStreams(t *testing.T) {
	t.Parallel()
	text := []string{startBlock("0", `{"type":"text","text":""}`), addBlock("0", `{"type":"text_delta","text":"hi"}`), stopBlock("0")}
	with := func(before []string, after ...string) []string {
		return append(append([]string{}, before...), after...)
	}
	cases := map[string]struct {
		events []string
		said   string
		calls  []string
		reason FinishReason
	}{
		"no reason":            {with(text, messageStop), "hi", nil, FinishOther},
		"usage apart":          {with(text, stopFor("end_turn"), `{"type":"message_delta","delta":{},"usage":{"output_tokens":9}}`), "hi", nil, FinishStop},
		"no stop":              {with(text, stopFor("end_turn")), "hi", nil, FinishStop},
		"the block never ends": {with(text[:2], stopFor("end_turn"), messageStop), "hi", nil, FinishStop},
		"unknown events":       {with([]string{`{"type":"news","index":0,"delta":{"text":"no"}}`}, with(text, stopFor("end_turn"))...), "hi", nil, FinishStop},
		"unknown blocks": {with([]string{
			startBlock("9", `{"type":"server_tool_use","id":"s","name":"web_search","input":{}}`),
			addBlock("9", `{"type":"input_json_delta","partial_json":"{}"}`), stopBlock("9"),
		}, with(text, stopFor("end_turn"))...), "hi", nil, FinishStop},
		"unknown deltas":   {with(text[:2], addBlock("0", `{"type":"citations_delta","citation":{}}`), stopBlock("0"), stopFor("end_turn")), "hi", nil, FinishStop},
		"no such block":    {with(text, addBlock("7", `{"type":"text_delta","text":"no"}`), stopBlock("7"), stopBlock("0"), stopFor("end_turn")), "hi", nil, FinishStop},
		"after its end":    {with(text, addBlock("0", `{"type":"text_delta","text":"no"}`), stopFor("end_turn")), "hi", nil, FinishStop},
		"pings":            {with([]string{`{"type":"ping"}`}, with(text, `{"type":"ping"}`, stopFor("end_turn"))...), "hi", nil, FinishStop},
		"input at once":    {[]string{startBlock("0", `{"type":"tool_use","id":"a","name":"x","input":{"m":1}}`), stopBlock("0"), stopFor("tool_use")}, "", []string{`x{"m":1}`}, FinishToolCalls},
		"no input, no id":  {[]string{startBlock("0", `{"type":"tool_use","name":"x"}`), stopBlock("0"), stopFor("tool_use")}, "", []string{`x{}`}, FinishToolCalls},
		"cut by length":    {[]string{startBlock("0", `{"type":"tool_use","id":"a","name":"x","input":{}}`), addBlock("0", `{"type":"input_json_delta","partial_json":"{\"m\":"}`), stopFor("max_tokens")}, "", []string{`x{}{"m":`}, FinishLength},
		"two open at once": {[]string{startBlock("0", `{"type":"text"}`), startBlock("1", `{"type":"text"}`), addBlock("0", `{"type":"text_delta","text":"no"}`), addBlock("1", `{"type":"text_delta","text":"hi"}`), stopBlock("1"), stopBlock("0"), stopFor("end_turn")}, "hi", nil, FinishStop},
	}
	for name, c := range cases {
		parts := told(t, c.events...)
		if said(parts) != c.said || !reflect.DeepEqual(calls(parts), c.calls) || finish(t, parts) != c.reason {
			t.Errorf("%s: %s", name, show(parts))
		}
	}
}

// Some gateways tell the prompt's tokens at the start only.
func TestUsageOfAnthropicIsKept(t *testing.T) {
	t.Parallel()
	parts := told(t, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"output_tokens":5}}`, messageStop)
	if got := all[Usage](parts); len(got) != 1 || got[0] != (Usage{Input: 7, Output: 5, CacheRead: 3, CacheWrite: 2}) {
		t.Errorf("%+v", got)
	}
}

// What is kept of an answer is stored as JSON, and must come back as it was.
func TestAnthropicNotUTF8(t *testing.T) {
	t.Parallel()
	const bad = "\xff"
	body := "event: content_block_start\ndata: " + startBlock("0", `{"type":"tool_use","id":"`+bad+`","name":"`+bad+`","input":{"`+bad+`":1}}`) + "\n\n" +
		"event: content_block_start\ndata: " + startBlock("1", `{"type":"thinking","thinking":"`+bad+`","signature":"`+bad+`"}`) + "\n\n" +
		"event: content_block_delta\ndata: " + addBlock("1", `{"type":"signature_delta","signature":"`+bad+`"}`) + "\n\n" +
		"event: content_block_start\ndata: " + startBlock("2", `{"type":"redacted_thinking","data":"`+bad+`"}`) + "\n\n" +
		messageEvents(t, stopFor("tool_use"))
	parts := whole(t, serve(t, "anthropic/m", Config{}, stream(body)).Stream(t.Context(), user("hi")))
	if m := repeat(t, parts); len(m.Parts) != 3 || m.Parts[0].ToolCall.ID != "\uFFFD" || m.Parts[1].Reasoning.Metadata.Signature != "\uFFFD\uFFFD" {
		t.Errorf("%+v", m)
	}
}
