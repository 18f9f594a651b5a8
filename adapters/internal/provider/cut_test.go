package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// begun are the beginnings of answers: with nothing that is a part, in a text, in reasoning and in a tool's input.
func begun(t testing.TB) map[string]map[string]string {
	return map[string]map[string]string{
		"anthropic": {
			"nothing": messageEvents(t, messageStart),
			"text":    messageEvents(t, messageStart, startBlock("0", `{"type":"text"}`), addBlock("0", `{"type":"text_delta","text":"hi"}`)),
			"reasoning": messageEvents(t, messageStart, startBlock("0", `{"type":"thinking"}`), addBlock("0", `{"type":"thinking_delta","thinking":"hm"}`),
				addBlock("0", `{"type":"signature_delta","signature":"half"}`)),
			"input": messageEvents(t, messageStart, startBlock("0", `{"type":"tool_use","id":"a","name":"x"}`), addBlock("0", `{"type":"input_json_delta","partial_json":"{}"}`)),
		},
		"openai": {
			"nothing":   chunks("", `{"role":"assistant","content":""}`),
			"text":      chunks("", `{"content":"hi"}`),
			"reasoning": chunks("", `{"reasoning":"hm"}`),
			"input":     chunks("", `{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}}]}`),
		},
	}
}

// endings are the ways in which a stream breaks off, for each API.
var endings = map[string]struct {
	body      map[string]string // what still comes, by API; empty for all is an orderly end
	drop      bool              // of the connection
	kind      Kind
	message   string
	retryable bool
}{
	"end":  {kind: KindProvider, message: "the answer ended before it was complete", retryable: true},
	"drop": {drop: true, kind: KindProvider, message: "the connection failed: unexpected EOF", retryable: true},
	"error": {body: map[string]string{
		"anthropic": "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n",
		"openai":    "data: {\"error\":{\"message\":\"busy\",\"type\":\"server_error\",\"code\":\"server_is_overloaded\"}}\n\n",
	}, kind: KindOverloaded, message: "busy", retryable: true},
	"error in words": {body: map[string]string{
		"anthropic": "event: error\ndata: {\"type\":\"error\",\"error\":\"busy\"}\n\n", "openai": "data: {\"error\":\"busy\"}\n\n",
	}, kind: KindProvider, message: "busy", retryable: true},
	"error without words": {body: map[string]string{
		"anthropic": "event: error\ndata: oh\n\n", "openai": "data: {\"error\":{}}\n\n",
	}, kind: KindProvider, message: "no reason was given", retryable: true},
	"refused late": {body: map[string]string{
		"anthropic": "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no\"}}\n\n",
		"openai":    "data: {\"error\":{\"message\":\"no\",\"code\":400}}\n\n",
	}, kind: KindValidation, message: "no"},
	"nameless": {body: map[string]string{
		"anthropic": "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":5,\"content_block\":{\"type\":\"tool_use\",\"id\":\"b\"}}\n\n",
		"openai":    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":5,\"id\":\"b\",\"function\":{\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
	}, kind: KindProvider, message: "the model called a tool without saying which"},
	"nameless to the end": {body: map[string]string{
		"anthropic": "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":5,\"content_block\":{\"type\":\"tool_use\"}}\n\n",
		"openai":    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":5,\"id\":\"b\"}]}}]}\n\n" + done,
	}, kind: KindProvider, message: "the model called a tool without saying which"},
	"garbage": {body: map[string]string{
		"anthropic": "event: content_block_delta\ndata: {\"type\":\n\n", "openai": "data: {\"choices\":\n\n",
	}, kind: KindProvider, message: "the stream cannot be read: ", retryable: true},
}

func TestCuts(t *testing.T) {
	t.Parallel()
	for api, beginnings := range begun(t) {
		for place, beginning := range beginnings {
			for name, end := range endings {
				t.Run(api+"/"+place+"/"+name, func(t *testing.T) {
					t.Parallel()
					handler := func(w http.ResponseWriter, _ *http.Request) {
						w.Header().Set("Content-Type", "text/event-stream")
						fmt.Fprint(w, beginning, end.body[api])
						if end.drop {
							_ = http.NewResponseController(w).Flush()
							panic(http.ErrAbortHandler)
						}
					}
					parts, err := failure(t, serve(t, api+"/m", Config{Retries: -1}, handler).Stream(t.Context(), user("hi")))
					if err.Kind != end.kind || !strings.HasPrefix(err.Message, end.message) || err.Retryable != end.retryable || err.StatusCode != 0 {
						t.Errorf("%+v", err)
					}
					checkCut(t, api, place, parts)
				})
			}
		}
	}
}

// checkCut looks at what was said before a cut. That every start has its end is checked for all answers.
func checkCut(t *testing.T, api, place string, parts []Part) {
	t.Helper()
	if (len(parts) == 0) != (place == "nothing") {
		t.Errorf("in %s: %s", place, show(parts))
	}
	if usage := len(all[Usage](parts)); api == "anthropic" && place != "nothing" && usage != 1 {
		t.Errorf("what was used is not told: %s", show(parts))
	}
	for _, end := range all[ReasoningEnd](parts) {
		if end.Metadata != (Metadata{}) {
			t.Errorf("half a signature: %+v", end)
		}
	}
}

// An answer whose end has come is whole, whatever happens to the connection then.
func TestCutBehindTheEnd(t *testing.T) {
	t.Parallel()
	for api, body := range map[string]string{
		"anthropic": messageEvents(t, messageStart, stopFor("end_turn")), "openai": chunks("stop", `{"content":"hi"}`),
	} {
		handler := func(w http.ResponseWriter, r *http.Request) {
			stream(body)(w, r)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		whole(t, serve(t, api+"/m", Config{Retries: -1}, handler).Stream(t.Context(), user("hi")))
	}
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxEvent/4)
	quarter := map[string]string{
		"anthropic": messageEvents(t, addBlock("0", `{"type":"input_json_delta","partial_json":"`+long+`"}`)),
		"openai":    chunks("", `{"tool_calls":[{"index":0,"function":{"arguments":"`+long+`"}}]}`),
	}
	for api, beginnings := range begun(t) {
		for name, body := range map[string]string{
			"the input of a tool call is longer than 4 MiB": beginnings["input"] + strings.Repeat(quarter[api], 5),
			"an event of the stream is longer than 4 MiB":   beginnings["input"] + strings.Repeat("data: "+long+"\n", 5),
		} {
			_, err := failure(t, serve(t, api+"/m", Config{Retries: -1}, stream(body)).Stream(t.Context(), user("hi")))
			if err.Message != name || err.Retryable || err.Kind != KindProvider {
				t.Errorf("%s: %.200s", api, err.Message)
			}
		}
	}
}
