// Package ui is the inspector: a page in which people see sessions, talk to their agents and answer what these ask. It is
// TypeScript (src), built by Vite into dist, which is committed so that `go install` needs no Node; `task ui` builds it again, and a
// test compares. The page is a client of the API like any other and knows nothing of the server but the document.
//
// It imports nothing of ours. The server serves it below /ui/.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files are the page: index.html and what it loads. What is below assets/ has a name of its content, and never changes.
var Files = built()

// Policy is the Content-Security-Policy of the page: it runs its own script only, talks to its own server only, and draws images
// only that it was given as data. Its script cannot turn text into markup but by the sanitizer.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types dompurify"

func built() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
