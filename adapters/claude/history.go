package claude

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// replayBytes bounds the transcript that is put in front of a message: the newest part of it, about 40,000 tokens.
const replayBytes = 160 << 10

// history yields the session's events. Those that cannot be read are left out: the rest still helps.
func (a *agent) history(ctx context.Context) iter.Seq[openapi.Event] {
	return func(yield func(openapi.Event) bool) {
		if a.options.History == nil {
			return
		}
		for e, err := range a.options.History(ctx) {
			if err != nil {
				a.log.Warn("history not readable", "error", err)
				return
			}
			if !yield(e) {
				return
			}
		}
	}
}

// transcript tells what was said in a session before a turn; empty when nothing was.
func transcript(events iter.Seq[openapi.Event], turn string) string {
	var lines []string
	size := 0
	for e := range events {
		done, ok := e.Data.(openapi.ItemCompletedData)
		if !ok || e.TurnID == turn {
			continue
		}
		if line := transcriptLine(done.Item); line != "" {
			lines, size = append(lines, line), size+len(line)
		}
		for size > replayBytes && len(lines) > 1 {
			lines, size = lines[1:], size-len(lines[0])
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "This conversation was begun in an earlier session, whose memory is lost. What was said and done in it:\n\n" +
		"<transcript>\n" + strings.Join(lines, "\n\n") + "\n</transcript>\n\nThe conversation goes on with the following message."
}

// transcriptLineBytes bounds one entry: what a tool printed is rarely worth more.
const transcriptLineBytes = 4 << 10

func transcriptLine(item openapi.Item) string {
	var b strings.Builder
	for _, c := range item.Content {
		switch p := c.Part.(type) {
		case openapi.TextPart:
			b.WriteString(p.Text)
		case openapi.ToolCallPart:
			fmt.Fprintf(&b, "%s %s", p.Name, clip(p.Arguments, transcriptLineBytes))
		case openapi.ToolResultPart:
			b.WriteString(clip(p.Output, transcriptLineBytes))
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
	return who + ": " + clip(b.String(), replayBytes/2)
}

func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + " [...]"
}

// planApproved says whether the session's last plan was approved: it has then left plan mode.
func planApproved(events iter.Seq[openapi.Event]) bool {
	approved := false
	for e := range events {
		d, ok := e.Data.(openapi.QuestionResolvedData)
		if ok && len(d.Options) == 2 && d.Options[0] == approve && d.Options[1] == reject {
			approved = d.Response != nil && strings.EqualFold(*d.Response, approve)
		}
	}
	return approved
}
