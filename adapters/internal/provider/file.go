package provider

import (
	"cmp"
	"strings"
)

// File is a picture (image/*) or a PDF (application/pdf), by its address or with its content. Chat completions take a PDF
// with its content only.
type File struct {
	MediaType string `json:"mediaType"`
	Name      string `json:"name,omitempty"`
	URL       string `json:"url,omitempty"`
	Data      []byte `json:"data,omitempty"`
}

func (f *File) isPicture() bool { return strings.HasPrefix(f.MediaType, "image/") }
func (f *File) isPDF() bool     { return f.MediaType == "application/pdf" }
func (f *File) name() string    { return cmp.Or(f.Name, "document.pdf") }
