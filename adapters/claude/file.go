package claude

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// fileDetail is what the program tells of a file that a tool has read or changed.
type fileDetail struct {
	Type     string `json:"type"` // of Write: create or update
	FilePath string `json:"filePath"`
	Content  string `json:"content"`
	Patch    []hunk `json:"structuredPatch"`

	Original string `json:"original_file"` // of a notebook
	Updated  string `json:"updated_file"`
}

type hunk struct {
	OldStart int      `json:"oldStart"`
	OldLines int      `json:"oldLines"`
	NewStart int      `json:"newStart"`
	NewLines int      `json:"newLines"`
	Lines    []string `json:"lines"`
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
			part.Diff = unified("/dev/null", part.Path, change("", d.Content))
			return &part
		}
	case "Edit", "MultiEdit":
		part.Action = openapi.FileActionPatch
	case "NotebookEdit":
		part.Action = openapi.FileActionPatch
		d.Patch = change(d.Original, d.Updated)
	default:
		return nil
	}
	part.Diff = unified(part.Path, part.Path, d.Patch)
	return &part
}

// unified prints a diff; nil when nothing changed.
func unified(from, to string, hunks []hunk) *string {
	if len(hunks) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", from, to)
	for _, h := range hunks {
		fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@\n", h.OldStart, h.OldLines, h.NewStart, h.NewLines)
		for _, line := range h.Lines {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return new(b.String())
}

// contextLines is how many unchanged lines are shown around a change.
const contextLines = 3

// change is a text's change as one hunk, from the first line that differs to the last.
func change(before, after string) []hunk {
	if before == after {
		return nil
	}
	old, now := splitLines(before), splitLines(after)
	head := 0
	for head < min(len(old), len(now)) && old[head] == now[head] {
		head++
	}
	tail := 0
	for tail < min(len(old), len(now))-head && old[len(old)-1-tail] == now[len(now)-1-tail] {
		tail++
	}
	begin, rest := max(0, head-contextLines), max(0, tail-contextLines)
	h := hunk{OldStart: begin + 1, NewStart: begin + 1, OldLines: len(old) - rest - begin, NewLines: len(now) - rest - begin}
	if h.OldLines == 0 { // an empty side is told by the line before it
		h.OldStart--
	}
	if h.NewLines == 0 {
		h.NewStart--
	}
	h.add(" ", old[begin:head])
	h.add("-", old[head:len(old)-tail])
	h.add("+", now[head:len(now)-tail])
	h.add(" ", old[len(old)-tail:len(old)-rest])
	return []hunk{h}
}

const noNewline = `\ No newline at end of file`

func (h *hunk) add(mark string, lines []string) {
	for _, line := range lines {
		text, ended := strings.CutSuffix(line, "\n")
		h.Lines = append(h.Lines, mark+text)
		if !ended {
			h.Lines = append(h.Lines, noNewline)
		}
	}
}

// splitLines keeps the line ends, so that a missing last one is a difference.
func splitLines(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	return lines[:len(lines)-b2i(lines[len(lines)-1] == "")]
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
