package claude

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/picture"
	"github.com/parleyhq/parley/openapi"
)

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

// readImage reads an attachment that the model can see.
func readImage(a openapi.Attachment, dir string) (imageBlock, bool) {
	data, ok := picture.Read(a, dir)
	return imageBlock{"image", imageSource{"base64", a.MediaType(), data}}, ok
}
