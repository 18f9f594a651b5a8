package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
)

// TestShutdown ends streams cleanly and lets other requests finish.
func TestShutdown(t *testing.T) {
	w := start(t)
	w.session("s")
	idle := w.open("GET", "/v1/sessions/s/events/sse", "")
	idle.until("session.started")
	busy := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 1000 100"}`)
	busy.until("item.delta")
	queued := w.open("POST", "/v1/sessions/s/messages/stream", hello)
	w.stop()
	idle.rest()
	busy.rest()
	queued.rest()
	if _, err := http.DefaultClient.Do(w.request("GET", "/v1/health", "")); err == nil {
		t.Error("the server answers after its end")
	}
	if found, _ := w.log.having("ERROR"); len(found) > 0 {
		t.Errorf("errors at the end: %q", found)
	}
}

// TestShutdownBehind ends a stream whose client is far behind and reads on.
func TestShutdownBehind(t *testing.T) {
	w := start(t)
	w.session("s")
	w.played("s", "burst 50000")
	stream := w.open("GET", "/v1/sessions/s/events/sse", "")
	stream.until("turn.started")
	over := make(chan struct{})
	go func() { w.stop(); close(over) }()
	n := 0
	for _, _, ok := stream.next(); ok; _, _, ok = stream.next() {
		n++
	}
	<-over
	if n >= 50000 {
		t.Errorf("the end waited until all %d events were sent", n)
	}
}

// TestGrace cuts a request that does not come to its end.
func TestGrace(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.Grace = 20 * time.Millisecond })
	began, release := make(chan struct{}), make(chan struct{})
	w.server.echo.GET("/stuck", func(c echo.Context) error { close(began); <-release; return nil })
	public["/stuck"] = true
	defer delete(public, "/stuck")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- w.server.Serve(ctx, l) }()
	answered := make(chan error, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String() + "/stuck")
		if err == nil {
			resp.Body.Close()
		}
		answered <- err
	}()
	<-began
	cancel()
	if err := <-over; err != nil {
		t.Errorf("Serve: %v", err)
	}
	w.log.wait(t, "WARN requests were cut off", "grace=20ms")
	close(release)
	if err := <-answered; err == nil {
		t.Error("the stuck request was answered")
	}
}

func TestServeRefusesOpenAddress(t *testing.T) {
	w := start(t)
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.server.Serve(t.Context(), l); !errors.Is(err, ErrTokenNeeded) {
		t.Errorf("Serve: %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is still open: %v", err)
	}
}

// TestPanic is a fault of ours: told in full to the log and not at all to the caller.
func TestPanic(t *testing.T) {
	w := start(t)
	for path, h := range map[string]echo.HandlerFunc{
		"/early": func(echo.Context) error { panic("secret of the inside") },
		"/late": func(c echo.Context) error {
			c.Response().WriteHeader(200)
			_, _ = c.Response().Write([]byte("half of an"))
			c.Response().Flush()
			panic("secret of the inside")
		},
		"/error": func(echo.Context) error { return errors.New("secret of the inside") },
	} {
		w.server.echo.GET(path, h)
		public[path] = true
		defer delete(public, path)
	}
	const detail = "internal error: the request could not be carried out; the server's log says why"
	w.get("/early").refused(500, "internal", detail)
	if line := w.log.wait(t, "ERROR request failed", "route=/early", "secret of the inside"); !strings.Contains(line, "server_test.go") {
		t.Errorf("no stack: %s", line)
	}
	w.get("/error").refused(500, "internal", detail)
	w.log.wait(t, "ERROR request failed", "route=/error", "secret of the inside")
	resp, err := http.DefaultClient.Do(w.request("GET", "/late", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil || strings.Contains(string(body), "internal") {
		t.Errorf("half an answer: %q, %v", body, err)
	}
	w.log.wait(t, "ERROR request failed", "route=/late", "secret of the inside")
	for _, route := range []string{"route=/early", "route=/late", "route=/error"} {
		if found, _ := w.log.having("ERROR", route); len(found) != 1 {
			t.Errorf("%s was logged %d times", route, len(found))
		}
	}
	w.get("/v1/health").want(200)
}

// TestFaultOfTheStore is not explained to callers.
func TestFaultOfTheStore(t *testing.T) {
	memory := storetest.NewMemory()
	w := start(t, func(_ *Config, d *session.Config) { d.Store = memory })
	w.session("s")
	if err := memory.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/sessions", "/v1/sessions/s", "/v1/sessions/s/events", "/v1/sessions/s/events/sse"} {
		a := w.get(path).want(500)
		if strings.Contains(string(a.body), "store:") {
			t.Errorf("%s tells of the inside: %s", path, a.body)
		}
	}
}

func TestRequestLog(t *testing.T) {
	w := start(t)
	w.get("/v1/sessions/nobody/events?offset=1").want(404)
	line := w.log.wait(t, "DEBUG request ", "status=404")
	for _, part := range []string{"method=GET", "route=/v1/sessions/:session_id/events", "duration="} {
		if !strings.Contains(line, part) {
			t.Errorf("no %s in %s", part, line)
		}
	}
	if found, _ := w.log.having("ERROR"); len(found) > 0 {
		t.Errorf("a refusal was logged as an error: %q", found)
	}
}
