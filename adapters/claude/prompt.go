package claude

import (
	"encoding/base64"
	"mime"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// maxImage is the largest image that the model takes: 5 MiB as base64.
const maxImage = 5 << 20 / 4 * 3

// images are the types that the model takes.
var images = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

type textBlock struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type imageBlock struct {
	Type   string      `json:"type"`
	Source imageSource `json:"source"`
}

type imageSource struct {
	Type      string `json:"type"`
	MediaType string `json:"media_type"`
	Data      string `json:"data"`
}

// content is what the model gets: what happened before, if it does not know it, the images among the attachments,
// and the message, which lists all of them.
func (t *turn) content(in adapters.Input, replay string) []any {
	var blocks []any
	if replay != "" {
		blocks = append(blocks, textBlock{"text", replay})
	}
	for _, a := range in.Attachments {
		if image, ok := readImage(a, t.agent.options.Directory); ok {
			blocks = append(blocks, image)
		}
	}
	return append(blocks, textBlock{"text", in.Text})
}

// readImage reads an attachment that the model can see. It is none when it cannot be read: the agent has its path.
func readImage(a openapi.Attachment, dir string) (imageBlock, bool) {
	kind, _, _ := strings.Cut(a.Mime, ";")
	if kind == "" {
		kind = mime.TypeByExtension(filepath.Ext(a.Path))
	}
	if kind = strings.ToLower(strings.TrimSpace(kind)); !images[kind] {
		return imageBlock{}, false
	}
	path := a.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxImage {
		return imageBlock{}, false
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return imageBlock{}, false
	}
	return imageBlock{"image", imageSource{"base64", kind, base64.StdEncoding.EncodeToString(data)}}, true
}
