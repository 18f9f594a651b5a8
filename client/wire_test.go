package client_test

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// fast makes retries quick.
var fast = client.WithRetry(client.Retry{Min: time.Millisecond, Max: 2 * time.Millisecond})

// request is what a wire was asked.
type request struct {
	method, path, query, body string
	header                    http.Header
}

// A wire is a server that answers its n-th request by its n-th script.
type wire struct {
	t       *testing.T
	url     string
	scripts []http.HandlerFunc

	mu       sync.Mutex
	requests []request
}

func newWire(t *testing.T, scripts ...http.HandlerFunc) *wire {
	t.Helper()
	w := &wire{t: t, scripts: scripts}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Errorf("read request: %v", err)
	}
	w.mu.Lock()
	n := len(w.requests)
	w.requests = append(w.requests, request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header})
	w.mu.Unlock()
	if n >= len(w.scripts) {
		w.t.Errorf("request %d was not expected: %s %s", n+1, r.Method, r.URL)
		rw.WriteHeader(http.StatusTeapot)
		return
	}
	w.scripts[n](rw, r)
}

func (w *wire) client(opts ...client.Option) *client.Client {
	w.t.Helper()
	c, err := client.New(w.url, append([]client.Option{fast}, opts...)...)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// asked returns the requests, of which there must be n.
func (w *wire) asked(n int) []request {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.requests) != n {
		w.t.Fatalf("%d requests, want %d", len(w.requests), n)
	}
	return w.requests
}

// answer writes a status and a JSON body.
func answer(status int, body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(status)
		_, _ = io.WriteString(rw, body)
	}
}

// refuse writes a problem.
func refuse(status int, code, detail string) http.HandlerFunc {
	p := openapi.Problem{Type: "urn:sandbox-agent:error:" + code, Title: code, Status: status, Detail: detail, Message: detail, Code: code}
	body, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/problem+json")
		rw.WriteHeader(status)
		_, _ = rw.Write(body)
	}
}

// abort cuts the connection without an answer.
func abort(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// frames writes a stream and closes it in order.
func frames(parts ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/event-stream")
		rw.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(rw, strings.Join(parts, ""))
		rw.(http.Flusher).Flush()
	}
}

// cut writes a stream and drops the connection.
func cut(parts ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		frames(parts...)(rw, r)
		abort(rw, r)
	}
}

// hang writes a stream and leaves it open until the client goes.
func hang(parts ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		frames(parts...)(rw, r)
		<-r.Context().Done()
	}
}

// event is an event of turn turn_1.
func event(sequence uint64, data openapi.EventData) openapi.Event {
	return openapi.Event{
		EventID: fmt.Sprintf("evt_1_%d", sequence), Sequence: sequence, Time: time.Unix(0, 0).UTC(), SessionID: "s",
		Source: openapi.EventSourceAgent, TurnID: "turn_1", Data: data,
	}
}

func frame(ev openapi.Event) string {
	b, err := ev.AppendJSON(nil)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("id: %d\ndata: %s\n\n", ev.Sequence, b)
}

func delta(sequence uint64) string {
	return frame(event(sequence, openapi.ItemDeltaData{ItemID: "itm_1", Delta: fmt.Sprintf("text %d\n", sequence)}))
}

func turnStarted(sequence uint64) string {
	return frame(event(sequence, openapi.TurnStartedData{Phase: openapi.TurnStartedPhaseStarted, TurnID: "turn_1"}))
}

func turnEnded(sequence uint64) string {
	return frame(event(sequence, openapi.TurnEndedData{
		Phase: openapi.TurnEndedPhaseEnded, TurnID: "turn_1", Status: openapi.TurnStatusCompleted,
	}))
}

func permission(sequence uint64) string {
	return frame(event(sequence, openapi.PermissionRequestedData{PermissionID: "p", Action: "run", Status: openapi.RequestedStatusRequested}))
}

// terminated is the last event of a log.
func terminated(sequence uint64) string {
	ev := event(sequence, openapi.SessionEndedData{Reason: openapi.SessionEndReasonTerminated, TerminatedBy: openapi.EventSourceDaemon})
	ev.TurnID = ""
	return frame(ev)
}

// collect returns the sequences yielded, and the error at the end.
func collect(events iter.Seq2[openapi.Event, error]) (sequences []uint64, err error) {
	for ev, err := range events {
		if err != nil {
			return sequences, err
		}
		sequences = append(sequences, ev.Sequence)
	}
	return sequences, nil
}

// collectUI returns the UI events yielded, and the error at the end.
func collectUI(events iter.Seq2[openapi.UIEvent, error]) (all []openapi.UIEvent, err error) {
	for ev, err := range events {
		if err != nil {
			return all, err
		}
		all = append(all, ev)
	}
	return all, nil
}

// upTo is 1, 2, ..., n.
func upTo(n uint64) (sequences []uint64) {
	for i := range n {
		sequences = append(sequences, i+1)
	}
	return sequences
}
