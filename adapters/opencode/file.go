package opencode

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/diff"
	"github.com/parleyhq/parley/openapi"
)

// files says what a tool that succeeded did to files.
func (c *call) files(d toolDetail) []openapi.Part {
	switch c.name {
	case "read":
		return file(c.path(), openapi.FileActionRead, nil)
	case "write":
		return file(cmp.Or(d.FilePath, c.path()), openapi.FileActionWrite, c.created(d))
	case "edit", "multiedit":
		return file(c.path(), openapi.FileActionPatch, unified(d.Diff))
	case "apply_patch":
		var parts []openapi.Part
		for _, f := range d.Files {
			action := openapi.FileActionPatch
			if f.Type == "add" {
				action = openapi.FileActionWrite
			}
			parts = append(parts, file(cmp.Or(f.MovePath, f.FilePath), action, unified(f.Patch))...)
		}
		return parts
	}
	return nil
}

func file(path string, action openapi.FileAction, diff *string) []openapi.Part {
	if path == "" {
		return nil
	}
	return []openapi.Part{openapi.FileRefPart{Path: path, Action: action, Diff: diff}}
}

// created is the diff of a file that was not there before. What was in one that was, the program does not tell.
func (c *call) created(d toolDetail) *string {
	var input struct {
		Content string `json:"content"`
	}
	if d.Exists == nil || *d.Exists || json.Unmarshal(c.input, &input) != nil {
		return nil
	}
	return diff.Unified("/dev/null", cmp.Or(d.FilePath, c.path()), diff.Change("", input.Content))
}

// unified is a diff without the two lines that the program puts above it.
func unified(patch string) *string {
	if strings.HasPrefix(patch, "Index: ") {
		if at := strings.Index(patch, "\n--- "); at >= 0 {
			patch = patch[at+1:]
		}
	}
	if patch == "" {
		return nil
	}
	return &patch
}
