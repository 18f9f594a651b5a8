package codex

import (
	"strings"

	"github.com/parleyhq/parley/adapters/internal/diff"
	"github.com/parleyhq/parley/openapi"
)

// fileResult says what happened to each file. What was declined has not happened.
func fileResult(i *item) []openapi.Part {
	switch i.Status {
	case "declined":
		return append(output("Permission denied."), jsonPart(map[string]any{"declined": true}))
	case "failed":
		return output("The patch could not be applied.")
	}
	var done []string
	var files []openapi.Part
	for _, f := range i.Changes {
		done = append(done, f.kind()+" "+f.place())
		files = append(files, f.file())
	}
	return append(output(strings.Join(done, "\n")), files...)
}

// place is where the file is afterwards.
func (f change) place() string {
	if f.Kind.MovePath != "" {
		return f.Kind.MovePath
	}
	return f.Path
}

func (f change) kind() string {
	if f.Kind.Type == "" {
		return "update"
	}
	return f.Kind.Type
}

func (f change) file() openapi.FileRefPart {
	part := openapi.FileRefPart{Path: f.place(), Action: openapi.FileActionPatch, Diff: f.unified()}
	if f.Kind.Type == "add" {
		part.Action = openapi.FileActionWrite
	}
	return part
}

// unified is the change as a unified diff; nil when it is none.
func (f change) unified() *string {
	switch f.Kind.Type {
	case "add":
		return diff.Unified("/dev/null", f.Path, diff.Change("", f.Diff))
	case "delete":
		return diff.Unified(f.Path, "/dev/null", diff.Change(f.Diff, ""))
	}
	hunks, _, _ := strings.Cut(f.Diff, "\n\nMoved to: ") // Codex writes this below the hunks of a file that it moves
	if strings.TrimSpace(hunks) == "" {
		return nil
	}
	return new("--- " + f.Path + "\n+++ " + f.place() + "\n" + strings.TrimSuffix(hunks, "\n") + "\n")
}

// changes are the files of a patch, each with its diff: what a user has to know to permit it.
func changes(files []change) []map[string]any {
	list := []map[string]any{}
	for _, f := range files {
		one := map[string]any{"path": f.Path, "kind": f.kind()}
		if f.Kind.MovePath != "" {
			one["movePath"] = f.Kind.MovePath
		}
		if d := f.unified(); d != nil {
			one["diff"] = *d
		}
		list = append(list, one)
	}
	return list
}

func (c *converter) patchUpdated(p *params) {
	if call := c.calls[key{p.ThreadID, p.ItemID}]; call != nil && !call.done && call.item.Type == "fileChange" {
		call.item.Changes = p.Changes
	}
}
