package uistream

import (
	"cmp"
	"net/url"
	"path"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// fileOf is a picture as a part of a message. An absolute path of the server's machine becomes a file URL.
func fileOf(id string, p openapi.ImagePart) openapi.UIPart {
	a := openapi.Attachment{Path: p.Path}
	if p.Mime != nil {
		a.Mime = *p.Mime
	}
	part := openapi.UIPart{
		Type: "file", ID: id, URL: p.Path, MediaType: cmp.Or(a.MediaType(), "application/octet-stream"),
	}
	if strings.HasPrefix(p.Path, "/") {
		part.URL = (&url.URL{Scheme: "file", Path: p.Path}).String()
	}
	if !strings.HasPrefix(p.Path, "data:") {
		part.Filename = path.Base(p.Path)
	}
	return part
}
