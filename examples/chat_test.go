package examples_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/server/webtest"
)

// TestChat builds the page, serves it as a web server would, and uses it in a real browser.
func TestChat(t *testing.T) {
	t.Parallel()
	browser := webtest.Browser(t)
	page := webtest.Packages(t, "chat")
	if out, err := webtest.Command(t, page, "npm", "run", "build").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The tests' package is their own: who copies the example does not get a browser's driver with it.
	use := webtest.Command(t, webtest.Packages(t, "chat/testdata/browser"), "node", "chat.test.mjs")
	use.Env = append(os.Environ(), "BROWSER="+browser, "PAGE="+host(t, filepath.Join(page, "dist"), serve(t)))
	if out, err := use.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// host serves the page, and hands on what it asks the server for; the token is added here, where no browser sees it.
func host(t *testing.T, files, server string) (address string) {
	t.Helper()
	parley, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
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
