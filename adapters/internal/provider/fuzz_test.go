package provider

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a server sends: no panic, parts in order, and an error that says what kind it is.

func FuzzAnthropic(f *testing.F) {
	fuzzStream(f, "anthropic", messageEvents(f, messageStart,
		startBlock("0", `{"type":"thinking","thinking":"a","signature":"b"}`), addBlock("0", `{"type":"signature_delta","signature":"c"}`), stopBlock("0"),
		startBlock("1", `{"type":"redacted_thinking","data":"d"}`), stopBlock("1"),
		startBlock("2", `{"type":"text","text":"e"}`), addBlock("2", `{"type":"text_delta","text":"f"}`), stopBlock("2"),
		startBlock("3", `{"type":"tool_use","id":"g","name":"h","input":{"i":1}}`), addBlock("3", `{"type":"input_json_delta","partial_json":"{}"}`),
		stopBlock("3"), stopFor("tool_use"), messageStop))
}

func FuzzOpenAI(f *testing.F) {
	fuzzStream(f, "openai", chunks("tool_calls", `{"role":"assistant","content":""}`, `{"reasoning":"a"}`, `{"content":"b","refusal":"c"}`,
		`{"tool_calls":[{"index":0,"id":"d","function":{"name":"e","arguments":"{\"f\":"}},{"function":{"name":"g","arguments":"{}"}}]}`,
		`{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}`)+`data: {"choices":[],"usage":{"prompt_tokens":1}}`+"\n\n"+done)
}

func fuzzStream(f *testing.F, api, whole string) {
	f.Add(lines(whole))
	for _, beginning := range begun(f)[api] {
		f.Add(lines(beginning))
		for _, end := range endings {
			f.Add(lines(beginning + end.body[api]))
		}
	}
	f.Fuzz(func(t *testing.T, lines string) {
		body := framed(lines)
		server := memory(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		})
		parts, err := answer(t, patient(t, api, server).Stream(t.Context(), user("hi")))
		checkError(t, err)
		m := repeat(t, parts)
		if err := m.check(); err != nil {
			t.Errorf("%v: %+v", err, m)
		}
	})
}

// lines are the data of events, which are easier to change into something sensible without what is around them.
func lines(stream string) string {
	var out []string
	for line := range strings.Lines(stream) {
		if data, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "data: "); ok {
			out = append(out, data)
		}
	}
	return strings.Join(out, "\n")
}

var typed = regexp.MustCompile(`^\{"type":"([a-z_]+)"`)

// framed makes events of lines, with the names that Anthropic gives to its own.
func framed(lines string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(lines, "\n") {
		name := "content_block_delta"
		if found := typed.FindStringSubmatch(line); found != nil {
			name = found[1]
		}
		out.WriteString("event: " + name + "\ndata: " + line + "\n\n")
	}
	return out.String()
}

func checkError(t *testing.T, err error) {
	t.Helper()
	failed := (*Error)(nil)
	if err == nil {
		return
	}
	if !errors.As(err, &failed) || failed.Kind == "" || failed.Message == "" || failed.Provider == "" || !utf8.ValidString(failed.Message) {
		t.Errorf("%#v", err)
	}
}

func FuzzResponse(f *testing.F) {
	f.Add(400, `{"error":{"message":"a","type":"b","code":1}}`, "1")
	f.Add(200, `[{"detail":"a"}]`, "Wed, 21 Oct 2015 07:28:00 GMT")
	f.Add(529, `{"error":"a","request_id":"b"}`, "-1e9")
	f.Add(-1, "<", "NaN")
	f.Add(502, "\xff", "")
	f.Fuzz(func(t *testing.T, status int, body, after string) {
		err := responseError(&http.Response{StatusCode: status, Header: http.Header{"Retry-After": {after}}}, []byte(body))
		described := (&client{name: "x", key: secret}).describe(t.Context(), err, "m")
		checkError(t, described)
		if err.RetryAfter < 0 {
			t.Errorf("%+v", err)
		}
	})
}

func FuzzMessage(f *testing.F) {
	f.Add(`{"role":"assistant","parts":[{"text":"a"},{"reasoning":{"text":"","metadata":{"redacted":"b"}}},{"toolCall":{"id":"c","name":"d","arguments":{"e":[1]}}}]}`)
	f.Add(`{"role":"user","parts":[{"toolResult":{"callId":"a","text":"b","isError":true}},{"file":{"mediaType":"image/png","data":"aGk="}}]}`)
	f.Fuzz(func(t *testing.T, stored string) {
		var first, second Message
		if json.Unmarshal([]byte(stored), &first) != nil {
			t.Skip()
		}
		again, err := json.Marshal(first)
		if err != nil {
			t.Skip() // arguments that are not there are refused by check
		}
		if err := json.Unmarshal(again, &second); err != nil {
			t.Fatal(err)
		}
		if third, err := json.Marshal(second); err != nil || string(third) != string(again) {
			t.Errorf("%s is %s, %v", again, third, err)
		}
		if r := (Request{Model: "m", Messages: []Message{first}}); r.check() == nil {
			requestsAreJSON(t, r)
		}
	})
}

// requestsAreJSON says that both SDKs can encode a request that was not refused.
func requestsAreJSON(t *testing.T, r Request) {
	t.Helper()
	if params, err := anthropicParams(r); err == nil {
		if _, err := json.Marshal(params); err != nil {
			t.Error(err)
		}
	}
	if params, err := (&openAIAPI{}).params(r); err == nil {
		if _, err := json.Marshal(params); err != nil {
			t.Error(err)
		}
	}
}
