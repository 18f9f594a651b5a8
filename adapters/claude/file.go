package claude

import (
	"encoding/json"

	"github.com/parleyhq/parley/adapters/internal/diff"
	"github.com/parleyhq/parley/openapi"
)

// fileDetail is what the program tells of a file that a tool has read or changed.
type fileDetail struct {
	Type     string      `json:"type"` // of Write: create or update
	FilePath string      `json:"filePath"`
	Content  string      `json:"content"`
	Patch    []diff.Hunk `json:"structuredPatch"`

	Original string `json:"original_file"` // of a notebook
	Updated  string `json:"updated_file"`
}

// file says what a tool did to a file; nil when it did nothing.
func (c *call) file(b *block, detail json.RawMessage) *openapi.FileRefPart {
	var d fileDetail
	_ = json.Unmarshal(detail, &d) // what is missing leaves the diff out
	part := openapi.FileRefPart{Path: d.FilePath}
	if part.Path == "" {
		part.Path = c.path()
	}
	if part.Path == "" || b.IsError {
		return nil
	}
	switch c.name {
	case "Read":
		part.Action = openapi.FileActionRead
		return &part
	case "Write":
		part.Action = openapi.FileActionWrite
		if d.Type == "create" {
			part.Diff = diff.Unified("/dev/null", part.Path, diff.Change("", d.Content))
			return &part
		}
	case "Edit", "MultiEdit":
		part.Action = openapi.FileActionPatch
	case "NotebookEdit":
		part.Action = openapi.FileActionPatch
		d.Patch = diff.Change(d.Original, d.Updated)
	default:
		return nil
	}
	part.Diff = diff.Unified(part.Path, part.Path, d.Patch)
	return &part
}
