package codex

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// said feeds notifications of the thread "t" and its turn "1" to a converter; each is a method and its params without these.
func said(t *testing.T, notifications ...[2]string) []openapi.Output {
	t.Helper()
	c := newConverter(map[string]bool{})
	c.thread = "t"
	c.began("1")
	var all []openapi.Output
	for _, n := range notifications {
		raw := []byte(fmt.Sprintf(`{"threadId":"t","turnId":"1",%s}`, n[1]))
		outputs, _ := c.convert(n[0], parse(raw), raw)
		all = append(all, outputs...)
	}
	all = append(all, c.cut()...)
	checkOutputs(t, all)
	return all
}

// A final text that is not what was streamed is said beside it.
func TestTextThatWasStreamedOtherwise(t *testing.T) {
	all := said(t,
		[2]string{"item/agentMessage/delta", `"itemId":"m","delta":"one tow"`},
		[2]string{"item/completed", `"item":{"type":"agentMessage","id":"m","text":"one two"}`},
	)
	done := pick[openapi.ItemCompleted](all)
	if len(done) != 2 || done[0].Item.Status != openapi.ItemStatusFailed || done[1].Item.Status != openapi.ItemStatusCompleted || messages(all) != "one tow\none two" {
		t.Errorf("got %q", messages(all))
	}
}

// Thoughts of several kinds are in the order in which they came, apart from each other.
func TestThoughts(t *testing.T) {
	for name, c := range map[string]struct {
		deltas [][2]string
		want   string
	}{
		"in order": {[][2]string{
			{"item/reasoning/textDelta", `"itemId":"r","contentIndex":0,"delta":"raw"`},
			{"item/reasoning/summaryTextDelta", `"itemId":"r","summaryIndex":0,"delta":"a"`},
			{"item/reasoning/summaryTextDelta", `"itemId":"r","summaryIndex":1,"delta":"b"`},
		}, "raw private, a public, b public"},
		"mixed": {[][2]string{
			{"item/reasoning/summaryTextDelta", `"itemId":"r","summaryIndex":0,"delta":"a"`},
			{"item/reasoning/textDelta", `"itemId":"r","contentIndex":0,"delta":"r"`},
			{"item/reasoning/summaryTextDelta", `"itemId":"r","summaryIndex":1,"delta":"b"`},
			{"item/reasoning/textDelta", `"itemId":"r","contentIndex":0,"delta":"aw"`},
		}, "a public, r private, b public, aw private, a public, raw private, b public"},
		"at once": {nil, "a public, b public, raw private"},
	} {
		end := [2]string{"item/completed", `"item":{"type":"reasoning","id":"r","summary":["a","b"],"content":["raw"]}`}
		var all []string
		for _, p := range parts[openapi.ReasoningPart](said(t, append(c.deltas, end)...)) {
			all = append(all, p.Text+" "+string(p.Visibility))
		}
		if got := strings.Join(all, ", "); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, c.want)
		}
	}
}

// What belongs to a native turn that is over is left out: its items are complete.
func TestNotificationsOfAnEarlierTurn(t *testing.T) {
	raw := []byte(`{"threadId":"t","turnId":"0","item":{"type":"commandExecution","id":"c","status":"completed","aggregatedOutput":"late"}}`)
	c := newConverter(map[string]bool{})
	c.thread = "t"
	c.began("0")
	c.begin()
	for range 2 { // before and after the name of the turn is known
		if outputs, _ := c.convert("item/completed", parse(raw), raw); len(outputs) != 0 {
			t.Errorf("got %+v", outputs)
		}
		c.began("1")
	}
}
