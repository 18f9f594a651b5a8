package adaptertest_test

import (
	"encoding/json"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// prompt is a value of the converter's own.
type prompt struct{ Text string }

// talk converts the protocol of testdata/talk.jsonl.
func talk(line adaptertest.Line) []any {
	var m struct{ Prompt, Start, Say, Ask, End, ID string }
	if err := json.Unmarshal(line.Msg, &m); err != nil {
		return []any{openapi.Unparsed{Data: openapi.AgentUnparsedData{Error: err.Error(), Location: "talk"}}}
	}
	item := openapi.Item{Kind: openapi.ItemKindMessage, Content: openapi.Parts(), NativeItemID: &m.ID}
	switch {
	case m.Prompt != "":
		return []any{prompt{m.Prompt}}
	case m.Start != "":
		item.NativeItemID, item.Status = &m.Start, openapi.ItemStatusInProgress
		return []any{openapi.ItemStarted{Item: item, Raw: line.Msg}}
	case m.Say != "":
		return []any{openapi.ItemDelta{NativeItemID: m.ID, Delta: m.Say}}
	case m.Ask != "":
		return []any{adapters.PermissionRequest{ID: m.Ask, Action: "talk", Raw: line.Msg}}
	}
	item.Content, item.Status = openapi.Parts(openapi.TextPart{Text: m.End}), openapi.ItemStatusCompleted
	return []any{openapi.ItemCompleted{Item: item}}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	adaptertest.Golden(t, "testdata/talk.jsonl", talk)
}

func TestLines(t *testing.T) {
	t.Parallel()
	lines := adaptertest.Lines(t, "testdata/talk.jsonl")
	if len(lines) != 8 || lines[1].Dir != "in" || lines[1].Number != 2 || lines[7].Dir != "" || lines[7].T != 7 {
		t.Errorf("%+v", lines)
	}
	if string(lines[7].JSON) != `{"t":7,"exit":0}` {
		t.Errorf("%s", lines[7].JSON)
	}
}
