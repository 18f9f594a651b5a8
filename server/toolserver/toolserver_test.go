package toolserver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"go.uber.org/goleak"

	"github.com/parleyhq/parley/openapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sessions are two agents' tools, which do what a test says.
type sessions struct {
	call func(ctx context.Context, key, name string, args json.RawMessage) (json.RawMessage, error)
}

var offered = map[string][]openapi.ClientTool{
	"ann": {
		{Name: "echo", Description: "Say it again", InputSchema: json.RawMessage(
			`{"type":"object","properties":{"n":{"type":"integer"},"text":{"type":"string"}},"required":["text"]}`)},
		{Name: "free", Description: "Takes all", InputSchema: json.RawMessage(`{"type":"object"}`)},
	},
	"bob": {{Name: "bobs", Description: "Not Ann's", InputSchema: json.RawMessage(`{"type":"object"}`)}},
}

func (s *sessions) ClientTools(key string) ([]openapi.ClientTool, bool) {
	tools, ok := offered[key]
	return tools, ok
}

func (s *sessions) CallTool(ctx context.Context, key, name string, args json.RawMessage) (json.RawMessage, error) {
	return s.call(ctx, key, name, args)
}

// world is the endpoint behind a real listener.
type world struct {
	*sessions
	t   *testing.T
	url string
}

// readTimeout is until the end of a request's body: a call may take longer.
const readTimeout = time.Second

func newWorld(t *testing.T, c Config) *world {
	w := &world{t: t, sessions: &sessions{}}
	c.Sessions, c.Version = w.sessions, "1.0.0"
	if c.Heartbeat == 0 {
		c.Heartbeat = time.Minute
	}
	listener := httptest.NewUnstartedServer(New(c))
	listener.Config.ReadTimeout = readTimeout
	listener.Start()
	t.Cleanup(listener.Close)
	w.url = listener.URL
	return w
}

// bearer shows a key with every request.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// connect makes the real client of MCP. What it keeps open ends with the test.
func (w *world) connect(key string) (*mcp.ClientSession, error) {
	transport := &mcp.StreamableClientTransport{Endpoint: w.url, HTTPClient: &http.Client{Transport: bearer(key)}, MaxRetries: -1}
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(w.t.Context(), transport, nil)
	if err == nil {
		w.t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func (w *world) client(key string) *mcp.ClientSession {
	w.t.Helper()
	s, err := w.connect(key)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// said is the text of a result.
func said(t *testing.T, r *mcp.CallToolResult) string {
	t.Helper()
	if len(r.Content) != 1 {
		t.Fatalf("got %+v", r)
	}
	return r.Content[0].(*mcp.TextContent).Text
}

func TestList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	for key, want := range offered {
		list, err := w.client(key).ListTools(t.Context(), nil)
		if err != nil || len(list.Tools) != len(want) {
			t.Fatalf("%s: got %+v, %v", key, list, err)
		}
		for i, tool := range list.Tools {
			schema, _ := json.Marshal(tool.InputSchema)
			if tool.Name != want[i].Name || tool.Description != want[i].Description || !sameJSON(t, schema, want[i].InputSchema) {
				t.Errorf("%s: got %+v with %s", key, tool, schema)
			}
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	a, _ = json.Marshal(x)
	b, _ = json.Marshal(y)
	return string(a) == string(b)
}

// A text is given as it is, all else as JSON; what went wrong is the model's to read.
func TestCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	s := w.client("ann")
	for name, c := range map[string]struct {
		result string
		err    error
		want   string
	}{
		"text":   {`"it is \"warm\""`, nil, `it is "warm"`},
		"object": {`{"n":[1,null]}`, nil, `{"n":[1,null]}`},
		"void":   {`null`, nil, `null`},
		"error":  {``, errors.New("the client says no"), "the client says no"},
	} {
		w.call = func(_ context.Context, key, tool string, args json.RawMessage) (json.RawMessage, error) {
			if key != "ann" || tool != "echo" || !sameJSON(t, args, []byte(`{"text":"hi","n":7}`)) {
				t.Errorf("%s: asked by %s for %s with %s", name, key, tool, args)
			}
			return json.RawMessage(c.result), c.err
		}
		r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "echo", Arguments: map[string]any{"text": "hi", "n": 7}})
		if err != nil {
			t.Fatal(err)
		}
		if got := said(t, r); got != c.want || r.IsError != (c.err != nil) {
			t.Errorf("%s: got %q, error %v", name, got, r.IsError)
		}
	}
}

// The client is not asked with arguments that its schema refuses; none are an empty object.
func TestArguments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	s := w.client("ann")
	var asked []string
	w.call = func(_ context.Context, _, tool string, args json.RawMessage) (json.RawMessage, error) {
		asked = append(asked, tool+" "+string(args))
		return json.RawMessage(`1`), nil
	}
	for name, args := range map[string]any{"missing": map[string]any{}, "type": map[string]any{"text": 7}, "none": nil, "list": []int{1}} {
		r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "echo", Arguments: args})
		if err != nil || !r.IsError || !strings.HasPrefix(said(t, r), "arguments: ") {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
	}
	if len(asked) != 0 {
		t.Errorf("asked for %q", asked)
	}
	if r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "free"}); err != nil || r.IsError || len(asked) != 1 || asked[0] != "free {}" {
		t.Errorf("got %+v, %v, asked for %q", r, err, asked)
	}
}

// A key opens its own agent's tools and no others.
func TestKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.call = func(context.Context, string, string, json.RawMessage) (json.RawMessage, error) {
		t.Error("called")
		return nil, nil
	}
	for _, key := range []string{"", "nobody", "Ann"} {
		if _, err := w.connect(key); err == nil {
			t.Errorf("%q: connected", key)
		}
		if resp := w.post(key, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q: got %s", key, resp.Status)
		}
	}
	if r, err := w.client("bob").CallTool(t.Context(), &mcp.CallToolParams{Name: "free"}); err == nil {
		t.Errorf("a tool of another session gave %+v", r)
	}
}

func (w *world) post(key, body string) *http.Response {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	resp, err := (&http.Client{Transport: bearer(key)}).Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

const callFree = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"free","arguments":{}}}`

// A client that leaves takes its call back.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	called, over := make(chan struct{}), make(chan error, 1)
	w.call = func(ctx context.Context, _, _ string, _ json.RawMessage) (json.RawMessage, error) {
		close(called)
		<-ctx.Done()
		over <- ctx.Err()
		return nil, ctx.Err()
	}
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-called; leave() }()
	if r, err := w.client("ann").CallTool(ctx, &mcp.CallToolParams{Name: "free"}); err == nil {
		t.Errorf("got %+v", r)
	}
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A call that waits says so, for longer than a request may take to come; nothing of that is in its answer.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Heartbeat: readTimeout / 8})
	answer := make(chan json.RawMessage, 1)
	w.call = func(ctx context.Context, _, _ string, _ json.RawMessage) (json.RawMessage, error) {
		select {
		case a := <-answer:
			return a, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	resp := w.post("ann", callFree)
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("got %s, %s", resp.Status, got)
	}
	lines := bufio.NewScanner(resp.Body)
	for range 10 {
		if !lines.Scan() || lines.Text() != ": waiting for the client" || !lines.Scan() || lines.Text() != "" {
			t.Fatalf("got %q, %v", lines.Text(), lines.Err())
		}
	}
	answer <- json.RawMessage(`"at last"`)
	for lines.Scan() && strings.HasPrefix(lines.Text(), ":") {
		lines.Scan()
	}
	if rest := lines.Text(); rest != "event: message" || !lines.Scan() || !strings.Contains(lines.Text(), "at last") {
		t.Errorf("got %q, %q", rest, lines.Text())
	}

	// The real client does not mind comments between the pieces.
	time.AfterFunc(readTimeout/2, func() { answer <- json.RawMessage(`"again"`) })
	r, err := w.client("ann").CallTool(t.Context(), &mcp.CallToolParams{Name: "free"})
	if err != nil || said(t, r) != "again" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestMuch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{BodyLimit: 2 << 20})
	w.call = func(_ context.Context, _, _ string, args json.RawMessage) (json.RawMessage, error) {
		var in struct{ Text string }
		err := json.Unmarshal(args, &in)
		out, _ := json.Marshal(in.Text)
		return out, err
	}
	much := strings.Repeat("<&\n", 1<<20/3)
	r, err := w.client("ann").CallTool(t.Context(), &mcp.CallToolParams{Name: "free", Arguments: map[string]any{"text": much[:300<<10]}})
	if err != nil || said(t, r) != much[:300<<10] {
		t.Errorf("%v", err)
	}
	text := strings.Repeat("x", 1<<20)
	r, err = w.client("ann").CallTool(t.Context(), &mcp.CallToolParams{Name: "free", Arguments: map[string]any{"text": text}})
	if err != nil || said(t, r) != text {
		t.Errorf("%v", err)
	}
	if resp := w.post("ann", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"free","arguments":{"x":"`+text+text+`"}}}`); resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %s", resp.Status)
	}
}

// There is nothing to listen to, and nothing to delete.
func TestMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodPut} {
		r, err := http.NewRequestWithContext(t.Context(), method, w.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "application/json, text/event-stream")
		resp, err := (&http.Client{Transport: bearer("ann")}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "POST" {
			t.Errorf("%s: got %s, Allow %q", method, resp.Status, resp.Header.Get("Allow"))
		}
	}
	for _, body := range []string{"", "{", "7", `{"jsonrpc":"2.0"}`} {
		if resp := w.post("ann", body); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: got %s", body, resp.Status)
		}
	}
}
