package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/ui"
)

// TestInspector: anybody may have the page, also without the token, in every way that browsers ask for it.
func TestInspector(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *Config, _ *session.Config) { c.Token = "secret" })
	page := w.get("/ui/")
	asset := regexp.MustCompile(`assets/[\w-]+\.js`).FindString(string(page.body))
	for _, c := range []struct{ path, kind, caching string }{
		{"/ui/", "text/html; charset=utf-8", "no-cache"},
		{"/ui/index.html", "text/html; charset=utf-8", "no-cache"},
		{"/ui/" + asset, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
	} {
		got := w.get(c.path)
		h := got.header
		if got.status != http.StatusOK || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.caching {
			t.Errorf("%s: %d, %v", c.path, got.status, h)
		}
		if h.Get("Content-Security-Policy") != ui.Policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", c.path, h)
		}
		head := w.do("HEAD", c.path, "")
		if head.status != http.StatusOK || len(head.body) > 0 || head.header.Get("ETag") != h.Get("ETag") {
			t.Errorf("HEAD %s: %d, %v", c.path, head.status, head.header)
		}
		if again := w.do("GET", c.path, "", "If-None-Match", h.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s: %d for who has it", c.path, again.status)
		}
	}
}

// TestInspectorPaths are paths that name no file of the page.
func TestInspectorPaths(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, path := range []string{"/ui/assets", "/ui/assets/", "/ui/none.js", "/ui/../server.go", "/ui/%2e%2e/ui.go", "/ui/..%2fui.go", "/ui//etc/passwd", "/ui/%00"} {
		if got := w.get(path); got.status != http.StatusNotFound && got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := w.do("POST", "/ui/", "{}"); got.status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got.status)
	}
	if got := w.get("/ui"); got.status != http.StatusOK || !strings.Contains(string(got.body), `id="app"`) {
		t.Errorf("/ui does not lead to the page: %d", got.status)
	}
}
