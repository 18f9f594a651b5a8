package provider

import (
	"reflect"
	"strings"
	"testing"
)

// chunks are events of chat completions: the deltas, then the reason, if any.
func chunks(reason string, deltas ...string) string {
	var out strings.Builder
	for _, d := range deltas {
		out.WriteString(`data: {"choices":[{"index":0,"delta":` + d + "}]}\n\n")
	}
	if reason != "" {
		out.WriteString(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"` + reason + "\"}]}\n\n")
	}
	return out.String()
}

const done = "data: [DONE]\n\n"

// heard is what a compatible server's stream says.
func heard(t *testing.T, body string) []Part {
	t.Helper()
	return whole(t, serve(t, "other/m", Config{}, stream(body)).Stream(t.Context(), user("hi")))
}

// calls are what tool calls say, but their ids, which are checked.
func calls(parts []Part) (out []string) {
	for _, c := range all[ToolCall](parts) {
		out = append(out, c.Name+string(c.Arguments)+c.Malformed)
	}
	return out
}

func TestDialectsOfToolCalls(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		deltas []string
		want   []string
	}{
		"side by side": {[]string{
			`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":""}},{"index":1,"id":"b","function":{"name":"y","arguments":""}}]}`,
			`{"tool_calls":[{"index":1,"function":{"arguments":"{\"n\":"}}]}`,
			`{"tool_calls":[{"index":0,"function":{"arguments":"{\"m\":1}"}},{"index":1,"function":{"arguments":"2}"}}]}`,
		}, []string{`x{"m":1}`, `y{"n":2}`}},
		"whole calls in one delta, without ids": {[]string{
			`{"tool_calls":[{"index":0,"function":{"name":"x","arguments":"{\"m\":1}"}},{"index":1,"function":{"name":"y","arguments":"{}"}}]}`,
		}, []string{`x{"m":1}`, `y{}`}},
		"whole calls, one index, with ids": {[]string{
			`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{\"m\":1}"}}]}`,
			`{"tool_calls":[{"index":0,"id":"b","function":{"name":"x","arguments":"{\"m\":2}"}}]}`,
		}, []string{`x{"m":1}`, `x{"m":2}`}},
		"whole calls, no index, no ids": {[]string{
			`{"tool_calls":[{"function":{"name":"x","arguments":"{\"m\":1}"}}]}`,
			`{"tool_calls":[{"function":{"name":"x","arguments":"{\"m\":2}"}}]}`,
		}, []string{`x{"m":1}`, `x{"m":2}`}},
		"the same id twice": {[]string{
			`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}}]}`,
			`{"tool_calls":[{"index":1,"id":"a","function":{"name":"y","arguments":"{}"}}]}`,
		}, []string{`x{}`, `y{}`}},
		"id and name in every delta": {[]string{
			`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{\"m\""}}]}`,
			`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":":1}"}}]}`,
			`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":""}}]}`,
		}, []string{`x{"m":1}`}},
		"the name comes late": {[]string{
			`{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{\"m\""}}]}`,
			`{"tool_calls":[{"index":0,"function":{"name":"x","arguments":":1}"}}]}`,
		}, []string{`x{"m":1}`}},
		"no input":   {[]string{`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x"}}]}`}, []string{`x{}`}},
		"null input": {[]string{`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"null"}}]}`}, []string{`x{}`}},
		"blank input": {[]string{
			`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":" {\"m\":1}\n"}}]}`,
		}, []string{`x{"m":1}`}},
		"malformed":   {[]string{`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{\"m\":"}}]}`}, []string{`x{}{"m":`}},
		"not objects": {[]string{`{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"[1]"}}]}`}, []string{`x{}[1]`}},
		"text after them": {[]string{
			`{"content":"one"}`, `{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{"}}]}`, `{"content":"two"}`,
			`{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}`,
		}, []string{`x{}`}},
	}
	for name, c := range cases {
		for _, reason := range []string{"tool_calls", "stop", ""} {
			parts := heard(t, chunks(reason, c.deltas...)+done)
			if got := calls(parts); !reflect.DeepEqual(got, c.want) || finish(t, parts) != FinishToolCalls {
				t.Errorf("%s, %q: %q in %s", name, reason, got, show(parts))
			}
		}
	}
}

func TestIDsOfTheServerAreKept(t *testing.T) {
	t.Parallel()
	parts := heard(t, chunks("tool_calls", `{"tool_calls":[{"index":0,"id":"call_7","function":{"name":"x","arguments":"{}"}}]}`))
	if got := all[ToolCall](parts)[0].ID; got != "call_7" {
		t.Error(got)
	}
}

func TestDialectsOfText(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		body            string
		said, thought   string
		reason          FinishReason
		texts, thoughts int
	}{
		"without DONE":           {chunks("stop", `{"role":"assistant","content":""}`, `{"content":"hi"}`), "hi", "", FinishStop, 1, 0},
		"without a reason":       {chunks("", `{"content":"hi"}`) + done, "hi", "", FinishOther, 1, 0},
		"nothing at all":         {chunks("stop"), "", "", FinishStop, 0, 0},
		"an unknown reason":      {chunks("tired", `{"content":"hi"}`), "hi", "", FinishOther, 1, 0},
		"calls that never came":  {chunks("tool_calls", `{"content":"hi"}`), "hi", "", FinishStop, 1, 0},
		"length":                 {chunks("length", `{"content":"hi"}`), "hi", "", FinishLength, 1, 0},
		"filter":                 {chunks("content_filter"), "", "", FinishContentFilter, 0, 0},
		"refusal":                {chunks("stop", `{"refusal":"I will "}`, `{"refusal":"not."}`), "I will not.", "", FinishContentFilter, 1, 0},
		"reasoning_content":      {chunks("stop", `{"reasoning_content":"hm"}`, `{"reasoning_content":null,"content":"hi"}`), "hi", "hm", FinishStop, 1, 1},
		"reasoning":              {chunks("stop", `{"reasoning":"hm"}`, `{"content":"hi"}`), "hi", "hm", FinishStop, 1, 1},
		"both":                   {chunks("stop", `{"reasoning":"hm","reasoning_content":"hm"}`, `{"content":"hi"}`), "hi", "hm", FinishStop, 1, 1},
		"in turns":               {chunks("stop", `{"reasoning":"a"}`, `{"content":"b"}`, `{"reasoning":"c"}`, `{"content":"d"}`), "bd", "ac", FinishStop, 2, 2},
		"comments and names":     {": ping\n\nevent: x\nid: 1\nretry: 5\n" + chunks("stop", `{"content":"hi"}`), "hi", "", FinishStop, 1, 0},
		"CRLF":                   {strings.ReplaceAll(chunks("stop", `{"content":"hi"}`), "\n", "\r\n"), "hi", "", FinishStop, 1, 0},
		"no space":               {strings.ReplaceAll(chunks("stop", `{"content":"hi"}`), "data: ", "data:"), "hi", "", FinishStop, 1, 0},
		"error null":             {strings.ReplaceAll(chunks("stop", `{"content":"hi"}`), `{"choices"`, `{"error":null,"choices"`), "hi", "", FinishStop, 1, 0},
		"talk of errors":         {chunks("stop", `{"content":"{\"error\":{}}"}`), `{"error":{}}`, "", FinishStop, 1, 0},
		"not UTF-8":              {chunks("stop", "{\"content\":\"a\xffb\"}"), "a\uFFFDb", "", FinishStop, 1, 0},
		"nulls":                  {chunks("stop", `{"content":null,"tool_calls":null,"refusal":null,"role":null}`, `null`, `{"content":"hi"}`), "hi", "", FinishStop, 1, 0},
		"chunks without choices": {`data: {"choices":[]}` + "\n\ndata: {}\n\n" + chunks("stop", `{"content":"hi"}`), "hi", "", FinishStop, 1, 0},
		"after the reason":       {chunks("stop", `{"content":"hi"}`) + chunks("length") + done, "hi", "", FinishStop, 1, 0},
	}
	for name, c := range cases {
		parts := heard(t, c.body)
		if said(parts) != c.said || thought(parts) != c.thought || finish(t, parts) != c.reason {
			t.Errorf("%s: %s", name, show(parts))
		}
		if len(all[TextStart](parts)) != c.texts || len(all[ReasoningStart](parts)) != c.thoughts {
			t.Errorf("%s: %s", name, show(parts))
		}
	}
}

func TestUsageOfDialects(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		body string
		want []Usage
	}{
		"none":      {chunks("stop"), nil},
		"null":      {`data: {"choices":[],"usage":null}` + "\n\n" + chunks("stop"), nil},
		"behind":    {chunks("stop") + `data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}` + "\n\n" + done, []Usage{{Input: 5, Output: 2}}},
		"all along": {`data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":1}}` + "\n\n" + `data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}}` + "\n\n" + chunks("stop"), []Usage{{Input: 5, Output: 3}}},
		"cache":     {chunks("stop") + `data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":1}}}` + "\n\n", []Usage{{Input: 1, Output: 2, CacheRead: 3, CacheWrite: 1}}},
	}
	for name, c := range cases {
		if got := all[Usage](heard(t, c.body)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
