package terminal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/parleyhq/parley/openapi"
)

// Of what a tool gives and of a diff only so many lines are shown; the log has all.
const (
	resultLines = 5
	diffLines   = 40
)

// maxSummary is how much of a call's arguments is shown.
const maxSummary = 200

// calls prints the tool calls of an item, each once: when its arguments are there.
func (t *transcript) calls(item openapi.Item) {
	for _, part := range item.Content {
		call, ok := part.Part.(openapi.ToolCallPart)
		if ok && (len(call.Arguments) > 2 || item.Status != openapi.ItemStatusInProgress) {
			t.items[item.ItemID].called(t, call)
		}
	}
}

func (s *shown) called(t *transcript, call openapi.ToolCallPart) {
	key := call.CallID + call.Arguments
	if s.call == key {
		return
	}
	s.call = key
	name := call.Name
	if call.Title != "" && call.Title != call.Name {
		name += " · " + call.Title
	}
	t.tool(name, call.Arguments)
}

// tool prints a call on one line.
func (t *transcript) tool(name, arguments string) {
	t.pause()
	name = flat(name, 80)
	t.notes.say(t.notes.paint.cyan, "● "+name)
	t.notes.line(t.notes.paint.dim, "")
	if summary := flat(brief(arguments), min(t.notes.width()-4, maxSummary)); summary != "" {
		t.notes.line(t.notes.paint.dim, "  "+summary)
	}
}

// brief is what a person wants to know of arguments: the values of a JSON object by name, or the text as it is.
func brief(arguments string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(arguments), &fields) != nil {
		return arguments
	}
	var pairs []string
	for name, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		pairs = append(pairs, name+": "+text)
	}
	if len(pairs) == 1 {
		_, only, _ := strings.Cut(pairs[0], ": ")
		return only
	}
	slices.Sort(pairs)
	return strings.Join(pairs, " · ")
}

// completed prints what of an item has not been printed yet.
func (t *transcript) completed(item openapi.Item) {
	s := t.items[item.ItemID]
	if s == nil {
		s = &shown{}
		t.items[item.ItemID] = s
	}
	if fromUser(item) {
		return
	}
	t.calls(item)
	for _, part := range item.Content {
		t.part(s, item, part.Part)
	}
	if item.Kind == openapi.ItemKindToolResult && item.Status == openapi.ItemStatusFailed {
		t.notes.line(t.notes.paint.red, "  failed")
	}
	delete(t.items, item.ItemID)
}

func (t *transcript) part(s *shown, item openapi.Item, part openapi.Part) {
	switch p := part.(type) {
	case openapi.TextPart:
		if !s.text {
			t.text(item.ItemID, p.Text)
		}
	case openapi.ReasoningPart:
		if !s.reasoning && p.Visibility == openapi.ReasoningVisibilityPublic {
			t.note(p.Text)
		}
	case openapi.ToolResultPart:
		t.lines(p.Output, resultLines)
	case openapi.FileRefPart:
		t.file(p)
	case openapi.StatusPart:
		t.note(flat(strings.TrimSuffix(p.Label+": "+deref(p.Detail), ": "), t.notes.width()))
	case openapi.ImagePart:
		t.note("image " + p.Path)
	case openapi.JSONPart:
		t.note(flat(string(p.JSON), 400))
	}
}

// lines prints the beginning of a text, indented.
func (t *transcript) lines(text string, limit int) {
	t.cutLines(text, limit, func(string) *color.Color { return t.notes.paint.dim })
}

// cutLines prints at most so many lines, none wider than the terminal.
func (t *transcript) cutLines(text string, limit int, style func(line string) *color.Color) {
	t.pause()
	n := 0
	for text := range strings.Lines(strings.TrimRight(text, "\n")) {
		if n++; n <= limit {
			text = strings.TrimRight(text, "\r\n")
			t.notes.line(style(text), "  "+fit(text, t.notes.width()-2))
		}
	}
	if n > limit {
		t.notes.line(t.notes.paint.dim, fmt.Sprintf("  … %d more lines", n-limit))
	}
}

// fit is a line that keeps its blanks and is cut to so many characters.
func fit(text string, limit int) string {
	short := clean(strings.ReplaceAll(text[:min(len(text), 4*limit)], "\t", "    "))
	return cut(short, limit, len(text) > 4*limit)
}

// file prints what happened to a file.
func (t *transcript) file(p openapi.FileRefPart) {
	t.pause()
	t.notes.line(t.notes.paint.bold, fmt.Sprintf("  %s %s", p.Action, flat(p.Path, 200)))
	if p.Diff == nil {
		return
	}
	t.cutLines(*p.Diff, diffLines, func(line string) *color.Color {
		switch {
		case strings.HasPrefix(line, "+"):
			return t.notes.paint.green
		case strings.HasPrefix(line, "-"):
			return t.notes.paint.red
		case strings.HasPrefix(line, "@@"):
			return t.notes.paint.cyan
		}
		return t.notes.paint.dim
	})
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
