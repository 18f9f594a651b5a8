package acp

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/picture"
	"github.com/parleyhq/parley/openapi"
)

// prompt is what the agent gets: what happened before, if it does not know it, the message, and what is attached to it. The
// attachments are not listed in the text then.
func (t *turn) prompt(in adapters.Input, replay string) []object {
	var blocks []object
	if replay != "" {
		blocks = append(blocks, text(replay))
	}
	if len(in.Attachments) == 0 {
		return append(blocks, text(in.Text))
	}
	if strings.TrimSpace(in.Message) != "" {
		blocks = append(blocks, text(in.Message))
	}
	for _, a := range in.Attachments {
		blocks = append(blocks, t.attachment(a))
	}
	return blocks
}

func text(s string) object { return object{"type": "text", "text": s} }

// attachment is a picture where the agent can look at one, else the name of the file, which every agent takes.
func (t *turn) attachment(a openapi.Attachment) object {
	path := picture.Path(a, t.agent.options.Directory)
	uri := t.agent.adapter.kind.uri(path)
	if t.conn.about.Capabilities.Prompt.Image {
		if data, ok := picture.Read(a, t.agent.options.Directory); ok {
			return object{"type": "image", "data": data, "mimeType": a.MediaType(), "uri": uri}
		}
	}
	link := object{"type": "resource_link", "uri": uri, "name": a.Filename}
	if a.Filename == "" {
		link["name"] = filepath.Base(path)
	}
	if kind := a.MediaType(); kind != "" {
		link["mimeType"] = kind
	}
	return link
}

// fileURI is the address of a file.
func fileURI(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }
