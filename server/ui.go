package server

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/server/ui"
)

// pageTypes are the media types of the page's files: the machine's own table may lack them, or know others.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".md":   "text/plain; charset=utf-8",
}

// toInspector leads to the page. It is relative, so that it holds below the prefix of a proxy too.
func toInspector(c echo.Context) error { return c.Redirect(http.StatusPermanentRedirect, "ui/") }

// inspector answers with a file of the page. The page itself tells nothing: what it shows it asks the API for, with the token.
func inspector(c echo.Context) error {
	name := cmp.Or(c.Param("*"), "index.html")
	content, err := fs.ReadFile(ui.Files, name)
	if err != nil {
		return echo.ErrNotFound
	}
	h := c.Response().Header()
	h.Set("Content-Type", cmp.Or(pageTypes[path.Ext(name)], "application/octet-stream"))
	h.Set("Content-Security-Policy", ui.Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", pageCaching(name))
	h.Set("ETag", etag(content))
	http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(content))
	return nil
}

// pageCaching lets a file be kept for good whose name changes with its content.
func pageCaching(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

func etag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}
