package terminal

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/parleyhq/parley/openapi"
)

// printEvent prints an event on one line: where it is in the log, when it was, what it is and what it says.
func printEvent(c *console, ev openapi.Event) {
	c.newline()
	c.say(c.paint.dim, fmt.Sprintf("%6d  %s  ", ev.Sequence, ev.Time.Local().Format("15:04:05")))
	c.say(eventStyle(c, ev), fmt.Sprintf("%-20s", flat(ev.Type(), 40)))
	c.say(c.paint.plain, "  "+flat(summary(ev.Data), max(c.width()-40, 40)))
	c.newline()
}

func eventStyle(c *console, ev openapi.Event) *color.Color {
	switch ev.Data.(type) {
	case openapi.ErrorData, openapi.AgentUnparsedData:
		return c.paint.red
	case openapi.PermissionRequestedData, openapi.QuestionRequestedData, openapi.ToolRequestedData:
		return c.paint.yellow
	case openapi.TurnStartedData, openapi.TurnEndedData:
		return c.paint.green
	case openapi.ItemDeltaData:
		return c.paint.dim
	}
	return c.paint.cyan
}

// summary is what an event says, in a few words; of those that are seldom met it is their data.
func summary(data openapi.EventData) string {
	switch d := data.(type) {
	case openapi.SessionStartedData:
		return strings.Join(present([]string{d.Metadata.Agent, d.Metadata.AgentMode, deref(d.Metadata.Model)}), " · ")
	case openapi.TurnStartedData:
		return d.Trigger.Name
	case openapi.TurnEndedData:
		return string(d.Status)
	case openapi.ItemStartedData:
		return itemSummary(d.Item)
	case openapi.ItemCompletedData:
		return itemSummary(d.Item)
	case openapi.ItemDeltaData:
		return d.ItemID + " " + quoted(d.Delta)
	case openapi.MessageQueuedData:
		return quoted(d.Message)
	case openapi.PermissionRequestedData:
		return d.PermissionID + " · " + d.Action + " · " + strings.Join(facts(d.Metadata), " · ")
	case openapi.PermissionResolvedData:
		return d.PermissionID + " · " + string(d.Status)
	case openapi.QuestionRequestedData:
		return d.QuestionID + " · " + d.Prompt
	case openapi.QuestionResolvedData:
		return d.QuestionID + " · " + answered(d)
	case openapi.ErrorData:
		return d.Message
	case openapi.UsageUpdatedData:
		return fmt.Sprintf("%d tokens in, %d out", d.InputTokens, d.OutputTokens)
	}
	j, err := json.Marshal(data)
	if err != nil {
		return err.Error()
	}
	return string(j)
}

func itemSummary(item openapi.Item) string {
	words := []string{item.ItemID, string(item.Kind)}
	if item.Role != nil && string(*item.Role) != string(item.Kind) {
		words = append(words, string(*item.Role))
	}
	if item.Status == openapi.ItemStatusFailed {
		words = append(words, "failed")
	}
	for _, part := range item.Content {
		words = append(words, partSummary(part.Part))
	}
	return strings.Join(words, " ")
}

func partSummary(part openapi.Part) string {
	switch p := part.(type) {
	case openapi.TextPart:
		return quoted(p.Text)
	case openapi.ReasoningPart:
		return "thinks " + quoted(p.Text)
	case openapi.ToolCallPart:
		return p.Name + " " + p.Arguments
	case openapi.ToolResultPart:
		return quoted(p.Output)
	case openapi.FileRefPart:
		return string(p.Action) + " " + p.Path
	case openapi.StatusPart:
		return strings.TrimSuffix(p.Label+": "+deref(p.Detail), ": ")
	case openapi.ImagePart:
		return "image " + p.Path
	case openapi.JSONPart:
		return string(p.JSON)
	}
	return part.PartType()
}

// quoted marks where a text begins and ends; its line feeds become blanks.
func quoted(text string) string { return "“" + text[:min(len(text), 1000)] + "”" }
