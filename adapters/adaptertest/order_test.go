package adaptertest_test

import (
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

func item(id string, status openapi.ItemStatus, parts ...openapi.Part) openapi.Item {
	return openapi.Item{NativeItemID: &id, Kind: openapi.ItemKindMessage, Status: status, Content: openapi.Parts(parts...)}
}

func start(id string) openapi.Output {
	return openapi.ItemStarted{Item: item(id, openapi.ItemStatusInProgress)}
}

func delta(id, text string) openapi.Output { return openapi.ItemDelta{NativeItemID: id, Delta: text} }

func done(id, text string) openapi.Output {
	return openapi.ItemCompleted{Item: item(id, openapi.ItemStatusCompleted, openapi.TextPart{Text: text})}
}

func TestInOrder(t *testing.T) {
	t.Parallel()
	child := item("child", openapi.ItemStatusCompleted)
	child.ParentID = new("a")
	tool := item("t", openapi.ItemStatusCompleted, openapi.ToolCallPart{Name: "n", Arguments: `{"a": 1}`, CallID: "c"})
	for name, outputs := range map[string][]openapi.Output{
		"nothing":            {},
		"a stream":           {start("a"), delta("a", "x"), delta("a", "y"), done("a", "xy")},
		"completed alone":    {done("a", "x")},
		"no delta":           {start("a"), done("a", "x")},
		"started twice":      {start("a"), start("a"), done("a", "")},
		"mixed":              {start("a"), start("b"), delta("b", "2"), delta("a", "1"), done("b", "2"), done("a", "1")},
		"still open":         {start("a"), delta("a", "x")},
		"a child":            {start("a"), openapi.ItemCompleted{Item: child}},
		"parts by lines":     {start("a"), delta("a", "x\ny"), openapi.ItemCompleted{Item: item("a", "completed", openapi.TextPart{Text: "x"}, openapi.TextPart{Text: "y"})}},
		"tool input as JSON": {start("t"), openapi.ItemDelta{NativeItemID: "t", Part: "tool_input", Delta: `{"a":1}`}, openapi.ItemCompleted{Item: tool}},
		"reasoning": {start("a"), openapi.ItemDelta{NativeItemID: "a", Part: "reasoning", Delta: "hm"}, delta("a", "x"),
			openapi.ItemCompleted{Item: item("a", "failed", openapi.ReasoningPart{Text: "hm", Visibility: "public"}, openapi.TextPart{Text: "x"})}},
	} {
		if err := adaptertest.InOrder(outputs); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutOfOrder(t *testing.T) {
	t.Parallel()
	nameless := item("", openapi.ItemStatusInProgress)
	nameless.NativeItemID = nil
	given := item("a", openapi.ItemStatusInProgress)
	given.ItemID = "itm_1"
	orphan := item("a", openapi.ItemStatusCompleted)
	orphan.ParentID = new("nobody")
	for name, outputs := range map[string][]openapi.Output{
		"delta before the start": {delta("a", "x"), start("a"), done("a", "x")},
		"delta after the end":    {start("a"), done("a", ""), delta("a", "x")},
		"delta for another":      {start("a"), delta("b", "x"), done("a", "")},
		"completed twice":        {done("a", "x"), done("a", "x")},
		"started after the end":  {done("a", "x"), start("a")},
		"not what it was":        {start("a"), delta("a", "x"), done("a", "y")},
		"cut short":              {start("a"), delta("a", "x"), delta("a", "y"), done("a", "x")},
		"no name":                {openapi.ItemStarted{Item: nameless}},
		"no name at the end":     {openapi.ItemCompleted{Item: nameless}},
		"an id of the session's": {openapi.ItemStarted{Item: given}},
		"started completed":      {openapi.ItemStarted{Item: item("a", openapi.ItemStatusCompleted)}},
		"completed in progress":  {openapi.ItemCompleted{Item: item("a", openapi.ItemStatusInProgress)}},
		"unknown parent":         {openapi.ItemCompleted{Item: orphan}},
	} {
		if adaptertest.InOrder(outputs) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAllCompleted(t *testing.T) {
	t.Parallel()
	if err := adaptertest.AllCompleted([]openapi.Output{start("a"), start("b"), done("b", ""), done("a", "")}); err != nil {
		t.Error(err)
	}
	if adaptertest.AllCompleted([]openapi.Output{start("a"), start("b"), done("b", "")}) == nil {
		t.Error("an open item was not seen")
	}
}
