package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/tmaxmax/go-sse"
	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// bare is an adapter that is not installed, or has no modes but build.
type bare struct {
	id        string
	installed bool
}

func (b bare) Info(context.Context) adapters.Info {
	if b.id == "broken" && b.installed {
		panic("a fault of the adapter")
	}
	return adapters.Info{
		AgentInfo:       openapi.AgentInfo{ID: b.id, Installed: b.installed},
		Modes:           []openapi.AgentMode{{ID: "build", Name: "Build"}},
		PermissionModes: map[string]string{"default": "default"},
	}
}

func (b bare) Open(context.Context, adapters.Options) (adapters.Agent, error) {
	return nil, adapters.ErrNotInstalled
}

// world is a server on a real port, with sessions in memory and mock agents.
type world struct {
	t        testing.TB
	url      string
	server   *Server
	sessions *session.Service
	log      *records
	stop     func() // ends the server and waits for it
	ops      map[route]*operation
}

type option func(*Config, *session.Config)

func start(t testing.TB, options ...option) *world {
	t.Helper()
	w := &world{t: t, log: &records{}}
	log := slog.New(w.log)
	domain := session.Config{
		Store:    storetest.NewMemory(),
		Adapters: []adapters.Adapter{mock.New(0), bare{"absent", false}, bare{"plain", true}},
		Log:      log,
	}
	cfg := Config{Log: log, Version: "test"}
	for _, o := range options {
		o(&cfg, &domain)
	}
	var err error
	if w.sessions, err = session.New(domain); err != nil {
		t.Fatal(err)
	}
	if err := w.sessions.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg.Sessions = w.sessions
	if w.server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	w.listen()
	if w.ops, err = operations(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) listen() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.url = "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- w.server.Serve(ctx, l) }()
	stopped := false
	w.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-over; err != nil {
			w.t.Errorf("Serve: %v", err)
		}
		closing, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := w.sessions.Close(closing); err != nil {
			w.t.Errorf("Close: %v", err)
		}
	}
	w.t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		w.stop()
	})
}

// answer is a response that was read.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// headers are written as name, value, name, value.
func (w *world) request(method, path, body string, headers ...string) *http.Request {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	w.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if strings.EqualFold(headers[i], "Host") {
			r.Host = headers[i+1]
			continue
		}
		r.Header[http.CanonicalHeaderKey(headers[i])] = append(r.Header.Values(headers[i]), headers[i+1])
		if headers[i+1] == "-" {
			r.Header.Del(headers[i])
		}
	}
	return r
}

// do sends a request and reads the answer, which must be as the document has it.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	r := w.request(method, path, body, headers...)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{w.t, resp.StatusCode, resp.Header, read}
	w.conforms(r, a)
	return a
}

func (w *world) get(path string, headers ...string) answer { return w.do("GET", path, "", headers...) }
func (w *world) post(path, body string, headers ...string) answer {
	return w.do("POST", path, body, headers...)
}

// conforms checks an answer against the document.
func (w *world) conforms(r *http.Request, a answer) {
	w.t.Helper()
	kind := a.header.Get("Content-Type")
	if a.status >= 400 && r.Method != "HEAD" && kind != "application/problem+json" {
		w.t.Errorf("%s %s: status %d as %q: %s", r.Method, r.URL, a.status, kind, a.body)
		return
	}
	op := w.operation(r)
	switch {
	case r.Method == "HEAD" || r.Method == "OPTIONS":
	case a.status >= 400:
		w.fits("Problem", a.body)
		if op != nil && a.status != 404 && a.status != 400 && op.route.Operation.Responses.Status(a.status) == nil {
			w.t.Errorf("%s %s: status %d is not in the document", r.Method, r.URL, a.status)
		}
	case op != nil && kind != "text/event-stream":
		input := &openapi3filter.RequestValidationInput{Request: r, Route: op.route}
		err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		})
		if err != nil {
			w.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
	}
}

// operation finds the document's operation of a request, or nil.
func (w *world) operation(r *http.Request) *operation {
	segments := strings.Split(r.URL.EscapedPath(), "/")
next:
	for key, op := range w.ops {
		parts := strings.Split(key.path, "/")
		if key.method != r.Method || len(parts) != len(segments) {
			continue
		}
		for i, part := range parts {
			if part != segments[i] && !strings.HasPrefix(part, ":") {
				continue next
			}
		}
		return op
	}
	return nil
}

// fits checks JSON against a schema of the document.
func (w *world) fits(schema string, data []byte) {
	w.t.Helper()
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		w.t.Errorf("not JSON: %v: %s", err, data)
		return
	}
	doc := w.anyOperation().route.Spec
	if err := doc.Components.Schemas[schema].Value.VisitJSON(value, openapi3.VisitAsResponse()); err != nil {
		w.t.Errorf("not a %s: %v: %s", schema, err, data)
	}
}

func (w *world) anyOperation() *operation {
	return w.ops[route{"GET", "/v1/health"}]
}

func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// refused checks a problem's status, code and detail.
func (a answer) refused(status int, code, detail string) openapi.Problem {
	a.t.Helper()
	a.want(status)
	p := decodeAs[openapi.Problem](a.t, a.body)
	if p.Code != code || p.Detail != detail || p.Message != detail || p.Status != status || p.Type != problemType+code {
		a.t.Errorf("problem %s\nwant code %s, detail %q", a.body, code, detail)
	}
	return p
}

func decodeAs[T any](t testing.TB, data []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return v
}

// session creates a mock session.
func (w *world) session(id string) {
	w.t.Helper()
	w.post("/v1/sessions/"+id, `{"agent":"mock"}`).want(200)
}

// opened is a stream that is being read.
type opened struct {
	w    *world
	resp *http.Response
	next func() (sse.Event, error, bool)
	stop func()
	quit context.CancelFunc
}

// open sends a request whose answer is a stream.
func (w *world) open(method, path, body string, headers ...string) *opened {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := w.request(method, path, body, headers...).WithContext(ctx)
	timer := time.AfterFunc(patience, cancel)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || kind != "text/event-stream" {
		read, _ := io.ReadAll(resp.Body)
		w.t.Fatalf("status %d, %s: %s", resp.StatusCode, kind, read)
	}
	o := &opened{w: w, resp: resp, quit: cancel}
	o.next, o.stop = pull(resp.Body)
	w.t.Cleanup(func() { timer.Stop(); o.close() })
	return o
}

func (o *opened) close() {
	o.quit()
	o.stop()
	o.resp.Body.Close()
}

// event reads one event, which must be as the document has it.
func (o *opened) event() openapi.Event {
	o.w.t.Helper()
	e, err := o.read()
	if err != nil {
		o.w.t.Fatalf("stream: %v", err)
	}
	return e
}

func (o *opened) read() (openapi.Event, error) {
	o.w.t.Helper()
	frame, err, ok := o.next()
	switch {
	case !ok:
		return openapi.Event{}, io.EOF
	case err != nil:
		return openapi.Event{}, err
	}
	o.w.fits("Event", []byte(frame.Data))
	e := decodeAs[openapi.Event](o.w.t, []byte(frame.Data))
	if want := decimal(e.Sequence); frame.LastEventID != want {
		o.w.t.Errorf("id %q, want %q", frame.LastEventID, want)
	}
	return e, nil
}

// until reads up to an event of a type.
func (o *opened) until(kind string) []openapi.Event {
	o.w.t.Helper()
	var all []openapi.Event
	for {
		e := o.event()
		all = append(all, e)
		if e.Type() == kind {
			return all
		}
	}
}

// rest reads to the clean end of the stream.
func (o *opened) rest() []openapi.Event {
	o.w.t.Helper()
	var all []openapi.Event
	for {
		e, err := o.read()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			o.w.t.Fatalf("stream does not end cleanly: %v", err)
		}
		all = append(all, e)
	}
}

func types(events []openapi.Event) string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Type()
	}
	return strings.Join(names, " ")
}
