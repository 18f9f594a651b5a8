package provider

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const secret = "sk-very-secret"

// answer plays a stream to its end. The order of its parts is checked in every test that calls it.
func answer(t *testing.T, stream iter.Seq2[Part, error]) ([]Part, error) {
	t.Helper()
	var parts []Part
	var failed error
	for part, err := range stream {
		if failed != nil {
			t.Errorf("after the error %v came %#v, %v", failed, part, err)
		}
		if failed = err; err == nil {
			parts = append(parts, part)
		}
	}
	if err := checkOrder(parts, failed == nil); err != nil {
		t.Errorf("%v in %s", err, show(parts))
	}
	return parts, failed
}

// whole is the answer of a stream that must not fail.
func whole(t *testing.T, stream iter.Seq2[Part, error]) []Part {
	t.Helper()
	parts, err := answer(t, stream)
	if err != nil {
		t.Fatalf("%v, after %s", err, show(parts))
	}
	return parts
}

// failure is the error of a stream that must fail with an *Error.
func failure(t *testing.T, stream iter.Seq2[Part, error]) ([]Part, *Error) {
	t.Helper()
	parts, err := answer(t, stream)
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %#v, not an *Error, after %s", err, show(parts))
	}
	if strings.Contains(failed.Error(), secret) {
		t.Errorf("the key is in %q", failed.Error())
	}
	return parts, failed
}

func show(parts []Part) string {
	var out strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&out, "\n\t%T%+v", p, p)
	}
	return out.String()
}

// said joins the deltas of all texts.
func said(parts []Part) (out string) {
	for _, p := range parts {
		if p, ok := p.(TextDelta); ok {
			out += p.Text
		}
	}
	return out
}

// thought joins the deltas of all reasoning.
func thought(parts []Part) (out string) {
	for _, p := range parts {
		if p, ok := p.(ReasoningDelta); ok {
			out += p.Text
		}
	}
	return out
}

// all are the parts of one type.
func all[P Part](parts []Part) (out []P) {
	for _, p := range parts {
		if p, ok := p.(P); ok {
			out = append(out, p)
		}
	}
	return out
}

func finish(t *testing.T, parts []Part) FinishReason {
	t.Helper()
	last, ok := parts[len(parts)-1].(Finish)
	if !ok {
		t.Fatalf("no finish: %s", show(parts))
	}
	return last.Reason
}

// httpClient is a client of the test's own, which ends with it.
func httpClient(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// recorder keeps the bodies of requests.
type recorder struct {
	http.RoundTripper
	mu     sync.Mutex
	bodies []string
}

func record(c *http.Client) *recorder {
	r := &recorder{RoundTripper: c.Transport}
	c.Transport = r
	return r
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	r.bodies = append(r.bodies, string(body))
	r.mu.Unlock()
	return r.RoundTripper.RoundTrip(request)
}

// last is the newest body, for members that a test looks at.
func (r *recorder) last(t *testing.T, into any) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := json.Unmarshal([]byte(r.bodies[len(r.bodies)-1]), into); err != nil {
		t.Fatal(err)
	}
}

// serve starts a provider whose every answer is the handler's, once for each of the APIs.
func serve(t *testing.T, model string, c Config, handler http.HandlerFunc) Provider {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	e := Endpoint{BaseURL: server.URL, Key: secret}
	c.Anthropic, c.OpenAI, c.Compatible = e, e, map[string]Endpoint{"other": e}
	if c.HTTPClient == nil {
		c.HTTPClient = httpClient(t)
	}
	return find(t, c, model)
}

func find(t *testing.T, c Config, model string) Provider {
	t.Helper()
	p, _, err := New(c).Find(model)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stream answers with a text as an event stream.
func stream(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, body)
	}
}

// user is a request with one message.
func user(text string) Request {
	return Request{Model: "m", Messages: []Message{userMessage(text)}}
}

func userMessage(text string) Message {
	return Message{Role: RoleUser, Parts: []MessagePart{{Text: text}}}
}
