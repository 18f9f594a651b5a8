package opencode

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/picture"
	"github.com/parleyhq/parley/openapi"
)

// prompt is a message on its way to the program.
type prompt struct {
	MessageID string     `json:"messageID"`
	Agent     string     `json:"agent"`
	Model     *modelName `json:"model,omitempty"`
	Variant   string     `json:"variant,omitempty"`
	Parts     []any      `json:"parts"`
}

type modelName struct {
	ProviderID string `json:"providerID"`
	ModelID    string `json:"modelID"`
}

type textInput struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type fileInput struct {
	Type     string `json:"type"`
	Mime     string `json:"mime"`
	Filename string `json:"filename"`
	URL      string `json:"url"`
}

// prompt is what the model gets: what happened before, if it does not know it, the message, and the files with it.
func (a *agent) prompt(id string, in adapters.Input, replay string) prompt {
	p := prompt{MessageID: id, Agent: a.mode()}
	if a.options.Model != "" {
		provider, model := splitModel(a.options.Model)
		p.Model = &modelName{provider, model}
	}
	if a.catalog.hasVariant(a.model(), a.options.Variant) {
		p.Variant = a.options.Variant
	}
	if replay != "" {
		p.Parts = append(p.Parts, textInput{"text", replay})
	}
	files, all := a.files(in.Attachments)
	text := in.Message
	if !all || strings.TrimSpace(text) == "" { // what is not handed over is in the list below the text
		text = in.Text
	}
	p.Parts = append(p.Parts, textInput{"text", text})
	return p.with(files)
}

func (p prompt) with(files []any) prompt {
	p.Parts = append(p.Parts, files...)
	return p
}

// files are the attachments that the model can be shown, and whether that is all of them.
func (a *agent) files(attachments []openapi.Attachment) (files []any, all bool) {
	for _, attached := range attachments {
		path := picture.Path(attached, a.directory)
		if mime := mimeOf(attached, path, a.directory); mime != "" {
			location := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")}
			name := cmp.Or(attached.Filename, filepath.Base(path))
			files = append(files, fileInput{"file", mime, name, location.String()})
		}
	}
	return files, len(files) == len(attachments)
}

// maxPDF is the largest document that is handed over; a model gets it as base64.
const maxPDF = 10 << 20

// mimeOf is a file's type as the program wants it: it shows pictures and documents as they are, and reads everything that
// is a text by itself. It is empty for what a model cannot be shown.
func mimeOf(attached openapi.Attachment, path, directory string) string {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return ""
	case info.IsDir():
		return "application/x-directory"
	case !info.Mode().IsRegular():
		return ""
	case attached.IsImage() && picture.Readable(attached, directory):
		return attached.MediaType()
	case attached.MediaType() == "application/pdf" && info.Size() <= maxPDF:
		return attached.MediaType()
	case !attached.IsImage() && isText(path):
		return "text/plain"
	}
	return ""
}

// isText says whether a file begins like a text.
func isText(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 8<<10)
	n, _ := io.ReadFull(f, head) // most files are shorter
	return !bytes.ContainsRune(head[:n], 0)
}

// maxTitle bounds a title, in letters.
const maxTitle = 60

// title names a session by the message that begins it.
func title(in adapters.Input) string {
	first, _, _ := strings.Cut(strings.TrimSpace(cmp.Or(strings.TrimSpace(in.Message), in.Text)), "\n")
	letters := []rune(strings.ToValidUTF8(first, ""))
	if len(letters) > maxTitle {
		letters = append(letters[:maxTitle-1], '…')
	}
	return cmp.Or(string(letters), "Parley")
}

// newMessageID makes an id as the program does: they grow with the time, by which it knows the order of messages. A turn
// that has chosen its own tells its messages from all others.
func newMessageID(now time.Time) string {
	const perMillisecond = 1 << 12
	var stamp [8]byte
	binary.BigEndian.PutUint64(stamp[:], uint64(now.UnixMilli())*perMillisecond+1)
	return "msg_" + hex.EncodeToString(stamp[2:]) + rand.Text()[:14]
}
