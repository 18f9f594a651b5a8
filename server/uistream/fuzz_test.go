package uistream_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// dice makes choices of bytes; when there are no more, it chooses the first.
type dice struct{ bytes []byte }

func (d *dice) roll(n int) int {
	if len(d.bytes) == 0 {
		return 0
	}
	b := d.bytes[0]
	d.bytes = d.bytes[1:]
	return int(b) % n
}

func pick[T any](d *dice, values ...T) T { return values[d.roll(len(values))] }

func (d *dice) text() string { return pick(d, "", "a", "ab", "\n", `{}`, `{"a":1}`, `[`, "null") }

func (d *dice) id() string { return pick(d, "i1", "i2", "i3", "i4", "") }

func (d *dice) call() string { return pick(d, "c1", "c2", "c3", "") }

func (d *dice) part() openapi.Part {
	return pick[openapi.Part](d,
		openapi.TextPart{Text: d.text()}, openapi.TextPart{Text: d.text(), ResponseType: "T"},
		openapi.ReasoningPart{Text: d.text(), Visibility: pick(d, openapi.ReasoningVisibilityPublic, openapi.ReasoningVisibilityPrivate)},
		openapi.JSONPart{JSON: json.RawMessage(pick(d, "1", "null", "{}"))}, openapi.ImagePart{Path: pick(d, "", "/a", "data:,")},
		openapi.ToolCallPart{CallID: d.call(), Name: pick(d, "ls", ""), Arguments: d.text(), Display: pick[openapi.Display](d, "", "name", "description", "hidden")},
		openapi.ToolResultPart{CallID: d.call(), Output: d.text()}, openapi.StatusPart{Label: "x"},
	)
}

func (d *dice) item(status openapi.ItemStatus) openapi.Item {
	i := openapi.Item{
		ItemID: d.id(), Status: status, Audience: pick(d, "", "", openapi.AudienceModel, openapi.AudiencePeople), Content: []openapi.ContentPart{},
		Kind:   pick(d, openapi.ItemKindMessage, openapi.ItemKindToolCall, openapi.ItemKindToolResult, openapi.ItemKindStatus, openapi.ItemKindUnknown),
		Role:   pick(d, new(openapi.ItemRoleAssistant), new(openapi.ItemRoleTool), new(openapi.ItemRoleUser), new(openapi.ItemRoleSystem), nil),
		Thread: pick(d, "", "main", "side"), ParentID: pick(d, nil, new("i1"), new("i2")),
	}
	for range d.roll(3) {
		i.Content = append(i.Content, openapi.ContentPart{Part: d.part()})
	}
	return i
}

// data is what an event of a turn may say, whether it makes sense or not.
func (d *dice) data() openapi.EventData {
	switch d.roll(14) {
	case 0, 1:
		return openapi.ItemStartedData{Item: d.item(openapi.ItemStatusInProgress)}
	case 2, 3, 4:
		part := pick(d, "", openapi.DeltaPartText, openapi.DeltaPartReasoning, openapi.DeltaPartToolInput, "new")
		return openapi.ItemDeltaData{ItemID: d.id(), Delta: d.text(), Part: part}
	case 5, 6:
		return openapi.ItemCompletedData{Item: d.item(pick(d, openapi.ItemStatusCompleted, openapi.ItemStatusFailed))}
	case 7:
		return openapi.BlockStartedData{
			BlockID: pick(d, "b1", "b2", ""), Name: pick(d, "Do", ""), Type: pick(d, "next-message", "set-resource", ""), Thread: pick(d, "", "main", "side"),
			Display:      pick(d, openapi.DisplayStream, openapi.DisplayHidden, openapi.DisplayTitle, ""),
			OutputToChat: pick(d, nil, new(false), new(true)),
		}
	case 8:
		return openapi.BlockEndedData{BlockID: pick(d, "b1", "b2", "")}
	case 9, 10:
		return openapi.ToolRequestedData{
			ToolCallID: pick(d, "c1", "c2", "c3"), Name: pick(d, "ask", ""), Arguments: json.RawMessage(pick(d, "{}", "", "null", "[1]")), ItemID: d.id(),
			Source: pick(d, openapi.ToolSourceLLM, openapi.ToolSourceBlock, openapi.ToolSourceAgent),
		}
	case 11:
		return openapi.ToolResolvedData{
			ToolCallID: pick(d, "c1", "c2", "c3"), Name: "ask", Result: json.RawMessage(pick(d, "null", "1", "")), Error: "no",
			Status: pick(d, openapi.ToolStatusCompleted, openapi.ToolStatusFailed, openapi.ToolStatusCancelled),
		}
	case 12:
		return openapi.ResourceUpdatedData{Name: pick(d, "R", ""), Value: json.RawMessage(pick(d, "null", "1", ""))}
	}
	return openapi.ErrorData{Message: d.text(), Code: pick(d, nil, new("model_error"), new("")), Details: pick[any](d, nil, "x", map[string]any{"provider": "p"})}
}

// session is a log of one turn, which mostly ends.
func (d *dice) session() *log {
	l := &log{suspends: map[uint64]bool{}, turn: "t1"}
	add := func(data openapi.EventData) {
		l.events = append(l.events, openapi.Event{Sequence: uint64(len(l.events) + 1), TurnID: "t1", Data: data, Time: epoch})
	}
	add(openapi.TurnStartedData{TurnID: "t1"})
	for len(d.bytes) > 2 && len(l.events) < 200 {
		add(d.data())
	}
	if d.roll(4) > 0 {
		return l
	}
	add(ended(pick(d, openapi.TurnStatusCompleted, openapi.TurnStatusInterrupted, openapi.TurnStatusFailed, "")))
	return l
}

// FuzzStream reads logs that make no sense: whatever an agent says, its clients get what they can read, and all who follow
// the stream have the message that is read later.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{"", "\x00\x01", strings.Repeat("\x02\x00\x01", 20), strings.Repeat("\x07\x00\x09\x0b\x05", 12)} {
		f.Add([]byte(seed), uint64(1))
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i * 37)
	}
	f.Add(all, uint64(2))
	f.Fuzz(func(t *testing.T, bytes []byte, seed uint64) {
		l := (&dice{bytes}).session()
		r := newReader(t, l, "t1", seed)
		got := r.read()
		r.checkLegs()
		r.checkEvents()
		checkMessages(t, l, got)
	})
}

// checkMessages compares the messages of a log with the one that a reader has.
func checkMessages(t *testing.T, l *log, got openapi.UIMessage) {
	t.Helper()
	m := fold(l)
	list := slices.DeleteFunc(m.List(0), func(m openapi.UIMessage) bool { return m.Role == openapi.UIMessageRoleUser })
	if len(list) == 0 && len(got.Parts) == 0 {
		return
	}
	list[0].CreatedAt = ""
	got.Parts = slices.DeleteFunc(got.Parts, func(p openapi.UIPart) bool { // what was replaced
		return p.Type == "object" && !slices.ContainsFunc(list[0].Parts, func(kept openapi.UIPart) bool { return kept.ID == p.ID })
	})
	for i, p := range list[0].Parts {
		if len(p.Result) == 0 && i < len(got.Parts) {
			got.Parts[i].Result = nil // it was not kept
		}
	}
	if got, want := encode(t, got), encode(t, list[0]); got != want {
		t.Fatalf("the reader has\n%s\nthe messages say\n%s", got, want)
	}
	for _, era := range []uistream.Era{0, 4} {
		encode(t, uistream.ChatMessages(m.List(era), era))
	}
}
