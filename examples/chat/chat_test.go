// Package chat_test builds the page, serves it as a web server would, and uses it in a real browser.
package chat_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/server"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
	"github.com/parleyhq/parley/server/webtest"
)

const token = "a token"

func TestChat(t *testing.T) {
	t.Parallel()
	browser := webtest.Browser(t)
	page := webtest.Packages(t, ".")
	if out, err := webtest.Command(t, page, "npm", "run", "build").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The tests' package is their own: who copies the example does not get a browser's driver with it.
	use := webtest.Command(t, webtest.Packages(t, "testdata/browser"), "node", "chat.test.mjs")
	use.Env = append(os.Environ(), "BROWSER="+browser, "PAGE="+host(t, filepath.Join(page, "dist"), parley(t)))
	if out, err := use.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// host serves the page, and hands on what it asks the server for; the token is added here, where no browser sees it.
func host(t *testing.T, files string, parley *url.URL) (address string) {
	t.Helper()
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(parley)
		r.Out.Header.Set("Authorization", "Bearer "+token)
	}}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(files)))
	for _, route := range []string{ // all that the page asks for
		"GET /api/agent-sessions/{id}",
		"POST /api/agent-sessions/{id}/chat",
		"GET /api/agent-sessions/{id}/chat/{chat}/stream",
		"POST /v1/sessions/{id}/interrupt",
	} {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			// Parley answers as soon as it has read the message, when the proxy may not have seen the end of it yet: without
			// this, what it then reads is closed, and the answer is cut.
			if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
				t.Error(err)
			}
			proxy.ServeHTTP(w, r)
		})
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// parley starts a server with the mock agent, which ends with the test.
func parley(t *testing.T) *url.URL {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	sessions, err := session.New(session.Config{Store: storetest.NewMemory(), Adapters: []adapters.Adapter{mock.New(0)}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := sessions.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := server.New(server.Config{Sessions: sessions, Token: token, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := sessions.Close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	return &url.URL{Scheme: "http", Host: l.Addr().String()}
}
