package acp

import (
	"encoding/json"
	"net/url"
	"strings"
)

// block is a piece of content.
type block struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	MimeType string `json:"mimeType"`
	URI      string `json:"uri"`
	Name     string `json:"name"`
	Resource struct {
		URI  string `json:"uri"`
		Text string `json:"text"`
	} `json:"resource"`
}

func readBlock(raw json.RawMessage) (b block) {
	_ = decode(raw, &b) // none has no text
	return b
}

// words are the block as text. Pictures and sounds are not kept: what is said of them is that they were there.
func (b block) words() string {
	switch b.Type {
	case "text":
		return b.Text
	case "image", "audio":
		return "[" + strings.TrimSpace(b.Type+" "+b.MimeType) + "]"
	case "resource_link":
		return "[" + b.Name + "](" + b.URI + ")"
	case "resource":
		if b.Resource.Text != "" {
			return b.Resource.Text
		}
		return "[" + b.Resource.URI + "]"
	}
	return b.Text
}

// toolContent is a piece of what a tool call shows: content, the change of a file, or a terminal.
type toolContent struct {
	Type    string          `json:"type"`
	Content json.RawMessage `json:"content"`
	change
}

// change is a file before and after. The texts are those of the whole file, or of the part that changed.
type change struct {
	Path string  `json:"path"`
	Old  *string `json:"oldText"` // nil or empty: the file is new
	New  string  `json:"newText"`
}

func readContents(raw json.RawMessage) (contents []toolContent) {
	_ = decode(raw, &contents) // none has no pieces
	return contents
}

// filePath is the path in a file URI; empty for every other address.
func filePath(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	return u.Path
}
