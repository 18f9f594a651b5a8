package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// patience is for what has to happen soon; a loaded machine may take long.
const patience = 30 * time.Second

// endless is a server that begins an answer and never ends it. closed tells of every request whose client has gone.
func endless(t *testing.T, begin string) (server *httptest.Server, arrived, closed chan struct{}) {
	arrived, closed = make(chan struct{}, 1), make(chan struct{}, 1)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // before that, a server does not see the client go
		arrived <- struct{}{}
		if begin != "" {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, begin)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
		closed <- struct{}{}
	}))
	t.Cleanup(server.Close)
	return server, arrived, closed
}

func await(t *testing.T, what string, happened <-chan struct{}) {
	t.Helper()
	select {
	case <-happened:
	case <-time.After(patience):
		t.Fatal("never: " + what)
	}
}

func texts(t *testing.T) map[string]string {
	return map[string]string{
		"anthropic": begun(t)["anthropic"]["text"],
		"openai":    begun(t)["openai"]["text"],
	}
}

func TestLeavingTheLoopEndsTheRequest(t *testing.T) {
	t.Parallel()
	for api, begin := range texts(t) {
		server, _, closed := endless(t, begin)
		e := Endpoint{BaseURL: server.URL}
		p := find(t, Config{Anthropic: e, OpenAI: e, HTTPClient: httpClient(t)}, api+"/m")
		for part := range p.Stream(t.Context(), user("hi")) {
			if _, ok := part.(TextDelta); ok {
				break
			}
		}
		await(t, "the end of the connection", closed)
	}
}

func TestCancellingEndsTheRequest(t *testing.T) {
	t.Parallel()
	for api, begin := range texts(t) {
		for _, begin := range []string{"", begin} {
			server, arrived, closed := endless(t, begin)
			e := Endpoint{BaseURL: server.URL}
			p := find(t, Config{Anthropic: e, OpenAI: e, HTTPClient: httpClient(t)}, api+"/m")
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-arrived
				cancel()
			}()
			if parts, err := answer(t, p.Stream(ctx, user("hi"))); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v after %s", api, err, show(parts))
			}
			await(t, "the end of the connection", closed)
		}
	}
}

// Each range over an answer is a call of its own.
func TestRangingTwice(t *testing.T) {
	t.Parallel()
	asked := 0
	p := serve(t, "openai/m", Config{}, func(w http.ResponseWriter, r *http.Request) {
		asked++
		stream(chunks("stop", `{"content":"hi"}`))(w, r)
	})
	answers := p.Stream(t.Context(), user("hi"))
	if first, second := said(whole(t, answers)), said(whole(t, answers)); first != "hi" || second != "hi" || asked != 2 {
		t.Error(first, second, asked)
	}
}

func TestAtTheSameTime(t *testing.T) {
	t.Parallel()
	p := serve(t, "anthropic/m", Config{}, stream(messageEvents(t, messageStart, stopFor("end_turn"))))
	over := make(chan error)
	const n = 8
	for range n {
		go func() {
			var failed error
			for _, err := range p.Stream(t.Context(), user("hi")) {
				failed = errors.Join(failed, err)
			}
			over <- failed
		}()
	}
	for range n {
		if err := <-over; err != nil {
			t.Error(err)
		}
	}
}
