package uistream_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// inPieces are logs with an answer that is no part of the conversation, or an item that others interrupt. The first two have
// golden files; Codex says its plan in the middle of a text.
var inPieces = []string{"blocks", "reasoning", "codex/plan-mode.golden"}

// TestMessagesSayWhatWasSaid compares the messages of every recorded log with the log itself: all texts and all calls are
// there, once and in order.
func TestMessagesSayWhatWasSaid(t *testing.T) {
	t.Parallel()
	for name, l := range recorded(t) {
		if slices.Contains(inPieces, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := answers(l)
			for _, turn := range turns(l) {
				want := oracle(l, turn)
				if got[turn] == nil {
					if len(want) > 0 {
						t.Errorf("%s says %q, and there is no message", turn, want)
					}
					continue
				}
				same(t, told(*got[turn]), want)
			}
		})
	}
}

// told writes the parts of a message, texts that follow on each other as one.
func told(m openapi.UIMessage) []string {
	var out []string
	for _, p := range m.Parts {
		switch p.Type {
		case "text", "reasoning":
			out = tell(out, p.Type, p.Text)
		case "tool-call":
			out = append(out, "call "+p.ToolCallID+" "+p.ToolName)
		case "file":
			out = append(out, "file "+p.MediaType)
		case "object":
			out = append(out, "object "+string(p.Object))
		}
	}
	return out
}

func tell(out []string, kind, text string) []string {
	if n := len(out); n > 0 && strings.HasPrefix(out[n-1], kind+" ") {
		out[n-1] += text
		return out
	}
	return append(out, kind+" "+text)
}

// oracle reads the same off the log, by simpler means: what an item is when it is completed, in the order of the items' first
// words. Deltas count where an item became another text than they are, or nothing.
func oracle(l *log, turn string) []string {
	var order []string
	streamed, whole := map[string]string{}, map[string]openapi.Item{}
	appear := func(id string) {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	for _, e := range l.events {
		if e.TurnID != turn {
			continue
		}
		switch d := e.Data.(type) {
		case openapi.ItemStartedData:
			if d.Item.Kind == openapi.ItemKindToolCall {
				appear(d.Item.ItemID)
				whole[d.Item.ItemID] = d.Item
			}
		case openapi.ItemDeltaData:
			appear(d.ItemID)
			if d.Part == "" || d.Part == openapi.DeltaPartText {
				streamed[d.ItemID] += d.Delta
			}
		case openapi.ItemCompletedData:
			appear(d.Item.ItemID)
			whole[d.Item.ItemID] = d.Item
		case openapi.ToolRequestedData:
			if d.ItemID == "" {
				appear(d.ToolCallID)
				call := calls("", d.ToolCallID, d.Name, "")
				whole[d.ToolCallID] = call
			}
		}
	}
	var out []string
	gone := replaced(l)
	for _, id := range order {
		if slices.Contains(gone, id) {
			continue
		}
		for _, line := range tellItem(whole[id], streamed[id]) {
			kind, text, _ := strings.Cut(line, " ")
			switch {
			case kind == "text" || kind == "reasoning":
				out = tell(out, kind, text)
			case kind != "call" || !slices.Contains(out, line): // the same call, told twice
				out = append(out, line)
			}
		}
	}
	return out
}

// hiddenCalls are the calls of testdata's logs that people do not see and that have no item which says so.
var hiddenCalls = map[string]bool{"lookup": true}

func tellItem(item openapi.Item, streamed string) []string {
	if item.Audience == openapi.AudienceModel {
		return nil
	}
	agents := item.Role == nil || *item.Role == openapi.ItemRoleAssistant
	if item.ItemID == "" && item.Content == nil { // never completed
		return []string{"text " + streamed}
	}
	var out []string
	for _, c := range item.Content {
		switch p := c.Part.(type) {
		case openapi.ToolCallPart:
			if !hiddenCalls[p.Name] {
				out = append(out, "call "+p.CallID+" "+p.Name)
			}
		case openapi.TextPart:
			text := p.Text
			if !strings.HasPrefix(text, streamed) {
				text = streamed
			}
			switch {
			case item.Kind != openapi.ItemKindMessage || !agents || text == "":
			case p.ResponseType == "":
				out = append(out, "text "+text)
			case !json.Valid([]byte(text)): // of another type is a word that UI streams do not have
				out = append(out, "object ")
			default:
				out = append(out, "object "+text)
			}
		case openapi.ReasoningPart:
			if p.Visibility == openapi.ReasoningVisibilityPublic {
				out = append(out, "reasoning "+p.Text)
			}
		case openapi.ImagePart:
			if agents {
				out = append(out, "file "+*p.Mime)
			}
		case openapi.JSONPart:
			if item.Kind == openapi.ItemKindMessage && agents {
				out = append(out, "object "+string(p.JSON))
			}
		}
	}
	return out
}
