package server

import (
	"encoding/json"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/webtest"
)

func TestReference(t *testing.T) {
	w := start(t)
	if err := mime.AddExtensionType(".js", "text/plain"); err != nil { // as machines have it that some editor was installed on
		t.Fatal(err)
	}
	page := w.get("/docs").want(200)
	if kind := page.header.Get("Content-Type"); kind != "text/html; charset=utf-8" {
		t.Errorf("/docs is %s", kind)
	}
	for path, kind := range map[string]string{
		"/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8", "/docs/swagger-ui.css": "text/css; charset=utf-8",
	} {
		a := w.get(path).want(200)
		policy := a.header.Get("Content-Security-Policy")
		if a.header.Get("Content-Type") != kind || a.header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %v", path, a.header)
		}
		if again := w.do("GET", path, "", "If-None-Match", a.header.Get("ETag")).want(304); len(again.body) > 0 {
			t.Errorf("%s is sent again", path)
		}
	}
	for _, path := range []string{"/docs/nothing", "/docs/..", "/docs/%2e%2e%2fpage.html", "/docs/a/b"} {
		w.get(path).want(404)
	}
	if there := w.get("/docs/").want(200); string(there.body) != string(page.body) {
		t.Error("/docs/ does not lead to the page")
	}
}

// TestReferenceInBrowser looks at the page as a person does: it shows all operations, sends what is tried out to this server,
// and asks nobody else.
func TestReferenceInBrowser(t *testing.T) {
	dir := webtest.Packages(t, "docs/testdata/web")
	w := start(t)
	picture := filepath.Join(t.ArtifactDir(), "docs.png")
	look := webtest.Command(t, dir, "node", "look.mjs", webtest.Browser(t), w.url, picture)
	look.Stderr = os.Stderr
	out, err := look.Output()
	if err != nil {
		t.Fatal(err)
	}
	var saw struct {
		Operations      int
		Answer, Server  string
		Faults, Foreign []string
	}
	if err := json.Unmarshal(out, &saw); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	documented := 0
	for r := range w.ops {
		if r.method != http.MethodHead {
			documented++
		}
	}
	if saw.Operations != documented || saw.Server != w.url || !strings.Contains(saw.Answer, `"status": "ok"`) ||
		len(saw.Faults)+len(saw.Foreign) > 0 {
		t.Errorf("%d operations in the document; the browser saw %s", documented, out)
	}
}
