package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// TestEventsSurviveEveryCut cuts a stream after each of its bytes, by a dropped connection and by one that is closed in
// order, and expects the log as if nothing had happened.
func TestEventsSurviveEveryCut(t *testing.T) {
	t.Parallel()
	log := []string{delta(1), delta(2), delta(3), terminated(4)}
	whole := ": hello\n\n" + strings.Join(log, "")
	step := 1
	if testing.Short() {
		step = 7
	}
	for at := 0; at < len(whole); at += step {
		for name, end := range map[string]func(...string) http.HandlerFunc{"dropped": cut, "closed": frames} {
			t.Run(fmt.Sprint(name, at), func(t *testing.T) {
				t.Parallel()
				rest := func(rw http.ResponseWriter, r *http.Request) {
					last, err := strconv.Atoi(r.Header.Get("Last-Event-ID"))
					if err != nil || r.URL.Query().Get("offset") != strconv.Itoa(last) {
						t.Errorf("Last-Event-ID %q, query %q", r.Header.Get("Last-Event-ID"), r.URL.RawQuery)
					}
					frames(log[last:]...)(rw, r)
				}
				w := newWire(t, end(whole[:at]), rest)
				got, err := collect(w.client().Events(t.Context(), "s", 0))
				if err != nil || !slices.Equal(got, upTo(4)) {
					t.Errorf("got %v, %v", got, err)
				}
			})
		}
	}
}

func TestEventsWaitOutAServerThatIsStartedAnew(t *testing.T) {
	t.Parallel()
	scripts := []http.HandlerFunc{cut(delta(1)), abort, refuse(500, "internal", "no"), answer(502, "<html>"), answer(408, "")}
	for range 20 {
		scripts = append(scripts, refuse(503, "internal", "starting"))
	}
	w := newWire(t, append(scripts, frames(delta(2), terminated(3)))...)
	var failures int
	notify := client.WithRetry(client.Retry{Min: 1, Max: 2, Notify: func(error, time.Duration) { failures++ }})
	got, err := collect(w.client(notify).Events(t.Context(), "s", 0))
	if err != nil || !slices.Equal(got, upTo(3)) {
		t.Errorf("got %v, %v", got, err)
	}
	if want := len(scripts); failures != want {
		t.Errorf("told of %d failures, want %d", failures, want)
	}
}

func TestEventsEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scripts []http.HandlerFunc
		want    []uint64
		err     error
	}{
		"with 204":                       {scripts: []http.HandlerFunc{answer(204, "")}},
		"with 204 after a cut":           {[]http.HandlerFunc{frames(delta(1)), answer(204, "")}, upTo(1), nil},
		"at the last event of all":       {[]http.HandlerFunc{hang(delta(1), terminated(2))}, upTo(2), nil},
		"when refused":                   {[]http.HandlerFunc{refuse(404, "session_not_found", "session not found: s")}, nil, client.ErrNotFound},
		"when the session is deleted":    {[]http.HandlerFunc{frames(delta(1)), refuse(404, "session_not_found", "")}, upTo(1), client.ErrNotFound},
		"when the token is changed":      {[]http.HandlerFunc{cut(delta(1)), refuse(401, "token_invalid", "")}, upTo(1), client.ErrUnauthorized},
		"when events stay away for good": {slices.Repeat([]http.HandlerFunc{frames(delta(1), delta(3))}, 4), upTo(1), client.ErrGap},
		"when it does not open":          {slices.Repeat([]http.HandlerFunc{refuse(429, "limit_exceeded", "")}, 4), nil, client.ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, test.scripts...)
			got, err := collect(w.client().Events(t.Context(), "s", 0))
			if !errors.Is(err, test.err) || !slices.Equal(got, test.want) {
				t.Errorf("got %v, %v, want %v, %v", got, err, test.want, test.err)
			}
			w.asked(len(test.scripts))
		})
	}
}

func TestEventsAreNeitherRepeatedNorSkipped(t *testing.T) {
	t.Parallel()
	w := newWire(t,
		frames(delta(3), delta(4), delta(4), delta(3), delta(7)), // 5 and 6 are missing
		frames(delta(2), delta(5)),                               // begins too early
		frames(delta(6), delta(7), terminated(8)),
	)
	got, err := collect(w.client().Events(t.Context(), "s", 2))
	if want := []uint64{3, 4, 5, 6, 7, 8}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for i, last := range []string{"2", "4", "5"} {
		if r := w.asked(3)[i]; r.header.Get("Last-Event-ID") != last || r.query != "offset="+last+"&include_raw=false" {
			t.Errorf("request %d after %q, query %q, want %s", i, r.header.Get("Last-Event-ID"), r.query, last)
		}
	}
}

func TestEventsOfAServerThatCannotBeReached(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	tries := 1
	c, err := client.New(server.URL, client.WithRetry(client.Retry{Attempts: 3, Min: 1, Notify: func(error, time.Duration) { tries++ }}))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := collect(c.Events(t.Context(), "s", 0)); err == nil || got != nil || tries != 3 {
		t.Errorf("got %v, %v after %d tries", got, err, tries)
	}
}

func TestEventsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	w := newWire(t, func(rw http.ResponseWriter, r *http.Request) {
		hang(delta(1))(rw, r)
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []uint64
	var last error
	for ev, err := range w.client().Events(ctx, "s", 0) {
		if last = err; err == nil {
			got = append(got, ev.Sequence)
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || !slices.Equal(got, upTo(1)) {
		t.Errorf("got %v, %v", got, last)
	}
	<-gone
}

func TestEventsWhoseContextEndsInAPause(t *testing.T) {
	t.Parallel()
	w := newWire(t, cut(delta(1)))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	slow := client.WithRetry(client.Retry{Min: time.Hour, Max: time.Hour, Notify: func(error, time.Duration) { cancel() }})
	got, err := collect(w.client(slow).Events(ctx, "s", 0))
	if !errors.Is(err, context.Canceled) || !errors.Is(err, io.ErrUnexpectedEOF) || !slices.Equal(got, upTo(1)) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestEventsWhoseDeadlineComesBeforeTheNextAttempt(t *testing.T) {
	t.Parallel()
	w := newWire(t, cut(delta(1)))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := collect(w.client(client.WithRetry(client.Retry{Min: time.Hour})).Events(ctx, "s", 0))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestLeavingTheLoopClosesTheStream(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	w := newWire(t, func(rw http.ResponseWriter, r *http.Request) {
		hang(delta(1), delta(2))(rw, r)
		close(gone)
	})
	for _, err := range w.client().Events(t.Context(), "s", 0) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	<-gone
}

func TestEventsOpenASilentStreamAgain(t *testing.T) {
	t.Parallel()
	w := newWire(t, hang(delta(1)), hang(delta(2)), frames(terminated(3)))
	var failures []string
	notify := client.WithRetry(client.Retry{Min: 1, Max: 1, Notify: func(err error, _ time.Duration) { failures = append(failures, err.Error()) }})
	got, err := collect(w.client(notify, client.WithSilence(20*time.Millisecond)).Events(t.Context(), "s", 0))
	if err != nil || !slices.Equal(got, upTo(3)) {
		t.Errorf("got %v, %v", got, err)
	}
	if want := "parley: connection cut: nothing was heard for too long"; !slices.Equal(failures, []string{want, want}) {
		t.Errorf("failures %q", failures)
	}
}

func TestEventsCarryLargeItemsAndRawPayloads(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789abcde\n", 1<<18)
	big := event(1, openapi.ItemDeltaData{ItemID: "itm_1", Delta: text})
	big.Raw = []byte(`{"native":true}`)
	w := newWire(t, frames(frame(big), terminated(2)))
	for ev, err := range w.client().Events(t.Context(), "s", 0, client.IncludeRaw()) {
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := ev.Data.(openapi.ItemDeltaData); ok && (d.Delta != text || string(ev.Raw) != `{"native":true}`) {
			t.Errorf("%d bytes came of %d, raw %s", len(d.Delta), len(text), ev.Raw)
		}
	}
	if r := w.asked(1)[0]; r.query != "offset=0&include_raw=true" || r.header.Get("Accept") != "text/event-stream" {
		t.Errorf("query %q, Accept %q", r.query, r.header.Get("Accept"))
	}
}

func TestEventsKeepWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	unknown := event(1, openapi.UnknownData{Type: "weather.changed", JSON: []byte(`{"sun":true}`)})
	w := newWire(t, frames("retry: 10\nevent: message\n"+frame(unknown), ":\n\nid: 1\n\n", terminated(2)))
	for ev, err := range w.client().Events(t.Context(), "s", 0) {
		if err != nil || ev.Sequence == 1 && ev.Type() != "weather.changed" {
			t.Errorf("got %v, %v", ev, err)
		}
	}
}

func TestStreamEventsIsOneConnection(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script http.HandlerFunc
		want   []uint64
		fails  bool
	}{
		"closed":      {frames(delta(5), delta(6)), []uint64{5, 6}, false},
		"over":        {answer(204, ""), nil, false},
		"cut":         {cut(delta(5)), []uint64{5}, true},
		"refused":     {refuse(503, "internal", "no"), nil, true},
		"not a log":   {frames("data: {\n\n"), nil, true},
		"not streams": {answer(200, `{"events":[]}`), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, test.script)
			got, err := collect(w.client().StreamEvents(t.Context(), "s", 4))
			if (err != nil) != test.fails || !slices.Equal(got, test.want) {
				t.Errorf("got %v, %v", got, err)
			}
			w.asked(1)
		})
	}
}

func TestAnswersThatAreNoStreamsAreNotAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWire(t, answer(200, "{}"))
	if _, err := collect(w.client().Events(t.Context(), "s", 0)); err == nil {
		t.Error("no error")
	}
	w.asked(1)
}

// BenchmarkEvents follows a log of 10,000 deltas over a loopback connection.
func BenchmarkEvents(b *testing.B) {
	const n = 10_000
	var log strings.Builder
	for i := range uint64(n) {
		log.WriteString(delta(i + 1))
	}
	log.WriteString(terminated(n + 1))
	server := httptest.NewServer(frames(log.String()))
	defer server.Close()
	c, err := client.New(server.URL)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got, err := collect(c.Events(b.Context(), "s", 0)); err != nil || len(got) != n+1 {
			b.Fatalf("%d events, %v", len(got), err)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "events/s")
}
