package openapi

import (
	"mime"
	"path/filepath"
	"strings"
)

// MediaType is the attachment's type without parameters, in lower case: what the caller said, else what the file's name says,
// else empty.
func (a Attachment) MediaType() string {
	kind := a.Mime
	if kind == "" {
		kind = mime.TypeByExtension(strings.ToLower(filepath.Ext(a.Path)))
	}
	kind, _, _ = strings.Cut(kind, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// IsImage says whether the attachment is a picture.
func (a Attachment) IsImage() bool { return strings.HasPrefix(a.MediaType(), "image/") }
