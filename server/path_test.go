package server

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/oasdiff/yaml"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// TestStrangeIDs sends every id through all the places that an id goes through.
func TestStrangeIDs(t *testing.T) {
	w := start(t)
	for _, id := range []string{
		"plain", "with space", "a/b", "/", "//", "a/../b", "..", ".", "é漢字🙂", "100%", "%25", "%2F", "%252F", "a+b", "a&b=c?d#e", "a;b,c",
		"{session_id}", ":session_id", `"quoted"\`, "tab\there", "events", "a/events/sse", "null", strings.Repeat("long", 500), "*",
	} {
		path := "/v1/sessions/" + url.PathEscape(id)
		if id == "." || id == ".." {
			path = "/v1/sessions/" + strings.ReplaceAll(id, ".", "%2E")
		}
		w.post(path, `{"agent":"mock"}`).want(200)
		w.post(path+"/messages/stream", `{"message":"hello"}`).want(200)
		if got := decodeAs[openapi.SessionInfo](t, w.get(path).want(200).body); got.SessionID != id {
			t.Errorf("created %q, got %q", id, got.SessionID)
		}
		page := decodeAs[openapi.EventsResponse](t, w.get(path+"/events").want(200).body)
		for _, e := range page.Events {
			if e.SessionID != id {
				t.Errorf("created %q, an event has %q", id, e.SessionID)
			}
		}
		w.post(path, `{"agent":"mock"}`).want(409)
		w.post(path+"/terminate", "").want(204)
		w.do("DELETE", path, "").want(204)
		w.get(path).refused(404, "session_not_found", "session not found: "+id)
	}
}

// TestEscapes are other spellings of the same path.
func TestEscapes(t *testing.T) {
	w := start(t)
	w.session("a%2Fb")
	for _, path := range []string{"/v1/sessions/a%2Fb", "/v1/sessions/a%2fb", "/v1/sessions/%61%2Fb", "/%761/sessions/a%2Fb"} {
		if a := w.get(path); a.status != 200 && !(strings.HasPrefix(path, "/%") && a.status == 404) {
			t.Errorf("%s: status %d: %s", path, a.status, a.body)
		}
	}
	w.get("/v1/sessions/a%252Fb").refused(404, "session_not_found", "session not found: a%2Fb")
}

func TestMethods(t *testing.T) {
	w := start(t)
	w.session("s")
	for path, allow := range map[string]string{
		"/v1/health": "GET, HEAD", "/v1/sessions": "GET, HEAD", "/v1/sessions/s": "DELETE, GET, HEAD, POST", "/v1/sessions/s/messages": "POST",
		"/v1/sessions/s/events/sse": "GET", "/": "GET, HEAD",
	} {
		a := w.do("PUT", path, "")
		a.refused(405, "method_not_allowed", "method not allowed: the header Allow lists what this path takes")
		for _, method := range strings.Split(allow, ", ") {
			if !strings.Contains(a.header.Get("Allow"), method) {
				t.Errorf("%s: Allow %q, want %s", path, a.header.Get("Allow"), allow)
			}
		}
	}
	w.do("HEAD", "/v1/sessions/s/events/sse", "").want(405)
}

// TestHead asks like GET, without a body.
func TestHead(t *testing.T) {
	w := start(t)
	w.session("s")
	for _, path := range []string{
		"/", "/openapi.yaml", "/openapi.json", "/docs", "/docs/docs.js", "/docs/nothing",
		"/v1/health", "/v1/agents", "/v1/agents/mock/models", "/v1/sessions", "/v1/sessions/s",
		"/v1/sessions/s/events?limit=1", "/v1/sessions/s/get-messages", "/v1/pending", "/v1/sessions/nobody", "/v1/sessions/s/events?offset=-1",
	} {
		get, head := w.get(path), w.do("HEAD", path, "")
		if head.status != get.status || head.header.Get("Content-Type") != get.header.Get("Content-Type") || len(head.body) > 0 {
			t.Errorf("%s: HEAD %d %v %q, GET %d %v", path, head.status, head.header, head.body, get.status, get.header)
		}
	}
}

func TestDocuments(t *testing.T) {
	w := start(t)
	a := w.get("/openapi.yaml").want(200)
	if !bytes.Equal(a.body, openapi.Document) || a.header.Get("Content-Type") != "application/yaml" {
		t.Errorf("%d bytes of %s", len(a.body), a.header.Get("Content-Type"))
	}
	want, err := yaml.YAMLToJSON(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	a = w.get("/openapi.json").want(200)
	if !sameJSON(t, a.body, want) || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("openapi.json differs from openapi.yaml")
	}
	if a := w.get("/").want(200); !strings.Contains(string(a.body), "Parley test") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
		t.Errorf("banner %q", a.body)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	x, err := json.Marshal(decodeAs[any](t, a))
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(decodeAs[any](t, b))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(x, y)
}

// TestDocumentIsServed holds the routes and the document together.
func TestDocumentIsServed(t *testing.T) {
	all, err := operations()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Sessions: new(session.Service)})
	if err != nil {
		t.Fatal(err)
	}
	served := map[route]bool{}
	for _, r := range s.echo.Routes() {
		served[route{r.Method, r.Path}] = true
	}
	for key, op := range all {
		if !served[key] || served[route{"HEAD", key.path}] != (all[route{"HEAD", key.path}] != nil) {
			t.Errorf("%s %s: served %t, as HEAD %t", key.method, key.path, served[key], served[route{"HEAD", key.path}])
		}
		if key.method == "GET" && streamed(key.path) != streams(op) {
			t.Errorf("%s: the document and the server do not agree that it is a stream", key.path)
		}
		if public[key.path] && len(op.route.Operation.Parameters)+len(op.route.PathItem.Parameters) > 0 {
			t.Errorf("%s is public, and its parameters are not checked", key.path)
		}
	}
	for key := range served {
		if all[key] == nil && !public[key.path] {
			t.Errorf("%s %s is not in the document", key.method, key.path)
		}
	}
}

func streams(op *operation) bool {
	ok := op.route.Operation.Responses.Status(200)
	return ok != nil && ok.Value.Content.Get("text/event-stream") != nil
}

// TestNoVendor keeps the names of agents out of the server: they come with the adapters.
func TestNoVendor(t *testing.T) {
	vendor := regexp.MustCompile(`(?i)\b(claude|codex|opencode|amp|gemini|anthropic|openai)\b`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for i, line := range strings.Split(string(source), "\n") {
			if vendor.MatchString(line) {
				t.Errorf("%s:%d names a vendor: %s", path, i+1, line)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
