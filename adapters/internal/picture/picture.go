// Package picture reads the pictures among a message's attachments, for agents that take them with the message.
//
// It imports openapi and the standard library.
package picture

import (
	"encoding/base64"
	"os"
	"path/filepath"

	"github.com/parleyhq/parley/openapi"
)

// MaxBytes is the largest picture that is handed over: 5 MiB as base64, which is what models take.
const MaxBytes = 5 << 20 / 4 * 3

// types are what models can look at.
var types = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// Path is where an attachment is; a relative path begins at the session's directory, or the server's own when that is empty.
func Path(a openapi.Attachment, dir string) string {
	if filepath.IsAbs(a.Path) {
		return a.Path
	}
	path, err := filepath.Abs(filepath.Join(dir, a.Path))
	if err != nil {
		return a.Path
	}
	return path
}

// Readable says whether an attachment is a picture that a model can look at.
func Readable(a openapi.Attachment, dir string) bool {
	info, err := os.Stat(Path(a, dir))
	return types[a.MediaType()] && err == nil && info.Mode().IsRegular() && info.Size() <= MaxBytes
}

// Read gives a picture as base64. It is none when it is no picture, too large or not to be read: the agent has its path in
// the text.
func Read(a openapi.Attachment, dir string) (encoded string, ok bool) {
	if !Readable(a, dir) {
		return "", false
	}
	data, err := os.ReadFile(Path(a, dir))
	if err != nil {
		return "", false
	}
	return base64.StdEncoding.EncodeToString(data), true
}
