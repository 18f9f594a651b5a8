package acp

import (
	"cmp"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/picture"
	"github.com/parleyhq/parley/openapi"
)

// prompt is what the agent gets: what happened before, if it does not know it, the message, and what is attached to it.
func (t *turn) prompt(in adapters.Input, replay string) []object {
	var blocks []object
	if replay != "" {
		blocks = append(blocks, text(replay))
	}
	if len(in.Attachments) == 0 {
		return append(blocks, text(in.Text))
	}
	return append(blocks, t.attached(in)...)
}

func text(s string) object { return object{"type": "text", "text": s} }

// attached are the message and what is attached to it: pictures where the agent can look at them, else the names of files, which
// every agent takes and which are not listed in the text then.
func (t *turn) attached(in adapters.Input) []object {
	var links, pictures []object
	for _, a := range in.Attachments {
		if p, ok := t.picture(a); ok {
			pictures = append(pictures, p)
		} else {
			links = append(links, t.link(a))
		}
	}
	message := in.Message
	if len(pictures) > 0 && t.agent.adapter.kind.blind {
		message, links = in.Text, nil
	}
	blocks := slices.Concat(pictures, links)
	if strings.TrimSpace(message) != "" {
		blocks = append([]object{text(message)}, blocks...)
	}
	return blocks
}

func (t *turn) picture(a openapi.Attachment) (object, bool) {
	if !t.conn.about.Capabilities.Prompt.Image {
		return nil, false
	}
	data, ok := picture.Read(a, t.agent.options.Directory)
	return object{"type": "image", "data": data, "mimeType": a.MediaType(), "uri": t.uri(a)}, ok
}

func (t *turn) link(a openapi.Attachment) object {
	link := object{"type": "resource_link", "uri": t.uri(a), "name": cmp.Or(a.Filename, filepath.Base(a.Path))}
	if kind := a.MediaType(); kind != "" {
		link["mimeType"] = kind
	}
	return link
}

func (t *turn) uri(a openapi.Attachment) string {
	return t.agent.adapter.kind.uri(picture.Path(a, t.agent.options.Directory))
}

// fileURI is the address of a file.
func fileURI(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }
