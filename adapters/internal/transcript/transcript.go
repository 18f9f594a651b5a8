// Package transcript tells an agent that has lost its session what was said and done in it.
//
// It imports openapi only. Adapters put what it makes in front of a message.
package transcript

import (
	"fmt"
	"iter"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// maxBytes bounds a transcript: the newest part of it, about 40,000 tokens.
const maxBytes = 160 << 10

// Of tells what was said in a session before a turn; empty when nothing was.
func Of(events iter.Seq[openapi.Event], turn string) string {
	var lines []string
	size := 0
	for e := range events {
		done, ok := e.Data.(openapi.ItemCompletedData)
		if !ok || e.TurnID == turn {
			continue
		}
		if line := entry(done.Item); line != "" {
			lines, size = append(lines, line), size+len(line)
		}
		for size > maxBytes && len(lines) > 1 {
			lines, size = lines[1:], size-len(lines[0])
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "This conversation was begun in an earlier session, whose memory is lost. What was said and done in it:\n\n" +
		"<transcript>\n" + strings.Join(lines, "\n\n") + "\n</transcript>\n\nThe conversation goes on with the following message."
}

// Readable passes on the events of a session's history until one cannot be read; what came before still helps.
// failed is told the reason. A nil history has no events.
func Readable(history iter.Seq2[openapi.Event, error], failed func(error)) iter.Seq[openapi.Event] {
	return func(yield func(openapi.Event) bool) {
		if history == nil {
			return
		}
		for e, err := range history {
			if err != nil {
				failed(err)
				return
			}
			if !yield(e) {
				return
			}
		}
	}
}

// entryBytes bounds one entry: what a tool printed is rarely worth more.
const entryBytes = 4 << 10

func entry(item openapi.Item) string {
	var b strings.Builder
	for _, c := range item.Content {
		switch p := c.Part.(type) {
		case openapi.TextPart:
			b.WriteString(p.Text)
		case openapi.ToolCallPart:
			fmt.Fprintf(&b, "%s %s", p.Name, clip(p.Arguments, entryBytes))
		case openapi.ToolResultPart:
			b.WriteString(clip(p.Output, entryBytes))
		}
	}
	if strings.TrimSpace(b.String()) == "" {
		return ""
	}
	who := "Assistant"
	switch {
	case item.Kind == openapi.ItemKindToolCall:
		who = "Tool call"
	case item.Kind == openapi.ItemKindToolResult:
		who = "Tool result"
	case item.Kind != openapi.ItemKindMessage:
		return ""
	case item.Role != nil && *item.Role == openapi.ItemRoleUser:
		who = "User"
	}
	return who + ": " + clip(b.String(), maxBytes/2)
}

func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + " [...]"
}
