// Package diff prints changes of texts as unified diffs, for agents that tell a file's text before and after.
//
// It imports the standard library only.
package diff

import (
	"fmt"
	"strings"
)

// Hunk is one change of a text with the unchanged lines around it. Its lines begin with a space, "-" or "+".
type Hunk struct {
	OldStart int      `json:"oldStart"`
	OldLines int      `json:"oldLines"`
	NewStart int      `json:"newStart"`
	NewLines int      `json:"newLines"`
	Lines    []string `json:"lines"`
}

// Unified prints a diff; nil when nothing changed.
func Unified(from, to string, hunks []Hunk) *string {
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

// Change is a text's change as one hunk, from the first line that differs to the last.
func Change(before, after string) []Hunk {
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
	h := Hunk{OldStart: begin + 1, NewStart: begin + 1, OldLines: len(old) - rest - begin, NewLines: len(now) - rest - begin}
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
	return []Hunk{h}
}

const noNewline = `\ No newline at end of file`

func (h *Hunk) add(mark string, lines []string) {
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
