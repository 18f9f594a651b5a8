// Package docs is the API reference in the browser: Swagger UI as its makers publish it, and a page that shows the server's
// own document in it. It imports nothing of ours; package server puts it below /docs.
package docs

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

//go:embed page.html
var page []byte

//go:embed files
var files embed.FS

// policy lets in what this server serves, and nothing else. Small pictures are within the style sheet.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// types are the media types of the files. A machine's own table may have others, by which browsers refuse a script.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
	"":      "text/plain; charset=utf-8",
}

// ServePage answers with the page, which finds its files and the document beside the path that it is served at, /docs.
func ServePage(w http.ResponseWriter, r *http.Request) { serve(w, r, "page.html", page) }

// ServeFile answers with a file that the page loads. The error says that there is none of that name; nothing is written then.
func ServeFile(w http.ResponseWriter, r *http.Request, name string) error {
	content, err := files.ReadFile(path.Join("files", name))
	if err != nil {
		return err
	}
	serve(w, r, name, content)
	return nil
}

// serve lets browsers keep a file as long as the server's is the same.
func serve(w http.ResponseWriter, r *http.Request, name string, content []byte) {
	sum := sha256.Sum256(content)
	h := w.Header()
	h.Set("Content-Type", types[path.Ext(name)])
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}
