package uistream_test

import (
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// all feeds a log to a stream.
func all(s *uistream.Stream, l *log) []uistream.Event {
	var out []uistream.Event
	for _, e := range l.events {
		out = append(out, s.Event(e)...)
	}
	return out
}

// TestStream shows the UI events of whole turns, without their start, and without blocks where the block is not the matter.
func TestStream(t *testing.T) {
	t.Parallel()
	hidden := func(i openapi.Item) openapi.Item { i.Audience = openapi.AudienceModel; return i }
	below := func(i openapi.Item, parent string) openapi.Item { i.ParentID = &parent; return i }
	cases := map[string]struct {
		log  []openapi.EventData
		want []string
	}{
		"nothing": {
			[]openapi.EventData{done},
			[]string{"finish stop"},
		},
		"text": {
			[]openapi.EventData{started(says("a")), delta("a", "He"), delta("a", "y"), completed(says("a", text("Hey"))), done},
			[]string{"block-start t1-output", "text-start a", "text-delta a He", "text-delta a y", "text-end a",
				"block-end t1-output", "finish stop"},
		},
		"text that came whole": {
			[]openapi.EventData{completed(says("a", text("Hey"))), done},
			[]string{"block-start t1-output", "text-start a", "text-delta a Hey", "text-end a", "block-end t1-output", "finish stop"},
		},
		"no text at all": {
			[]openapi.EventData{started(says("a")), delta("a", ""), completed(says("a", text(""))), done},
			[]string{"finish stop"},
		},
		"more text than its deltas": {
			[]openapi.EventData{started(says("a")), delta("a", "He"), completed(says("a", text("Hey"))), done},
			[]string{"block-start t1-output", "text-start a", "text-delta a He", "text-delta a y", "text-end a",
				"block-end t1-output", "finish stop"},
		},
		"another text than its deltas": {
			[]openapi.EventData{started(says("a")), delta("a", "He"), completed(says("a", text("Bye"))), done},
			[]string{"block-start t1-output", "text-start a", "text-delta a He", "text-end a", "block-end t1-output", "finish stop"},
		},
		"texts in two lines": {
			[]openapi.EventData{started(says("a")), delta("a", "one\ntwo"), completed(says("a", text("one"), text("two"))), done},
			[]string{"block-start t1-output", "text-start a", "text-delta a one two", "text-end a", "block-end t1-output", "finish stop"},
		},
		"parts that came whole": {
			[]openapi.EventData{completed(says("a", thought("hm"), text("one"), text("two"))), done},
			[]string{"block-start t1-output", "reasoning-start a/reasoning", "reasoning-delta a/reasoning hm", "reasoning-end a/reasoning",
				"text-start a", "text-delta a one", "text-end a", "text-start a/2", "text-delta a/2 two", "text-end a/2",
				"block-end t1-output", "finish stop"},
		},
		"private reasoning": {
			[]openapi.EventData{completed(says("a", openapi.ReasoningPart{Text: "x", Visibility: openapi.ReasoningVisibilityPrivate})), done},
			[]string{"finish stop"},
		},
		"private reasoning after public one": {
			[]openapi.EventData{
				started(says("a")), partDelta("a", openapi.DeltaPartReasoning, "hm"),
				completed(says("a", thought("hm"), openapi.ReasoningPart{Text: "x", Visibility: openapi.ReasoningVisibilityPrivate})), done,
			},
			[]string{"block-start t1-output", "reasoning-start a/reasoning", "reasoning-delta a/reasoning hm", "reasoning-end a/reasoning",
				"block-end t1-output", "finish stop"},
		},
		"two texts at once": {
			[]openapi.EventData{
				started(says("a")), started(says("b")), delta("a", "1"), delta("b", "2"), delta("a", "3"),
				completed(says("b", text("2"))), completed(says("a", text("13"))), done,
			},
			[]string{"block-start t1-output", "text-start a", "text-delta a 1", "text-end a", "text-start b", "text-delta b 2", "text-end b",
				"text-start a/2", "text-delta a/2 3", "text-end a/2", "block-end t1-output", "finish stop"},
		},
		"structured output": {
			[]openapi.EventData{
				started(says("a", openapi.TextPart{ResponseType: "T"})), delta("a", "{}"),
				completed(says("a", openapi.TextPart{Text: "{}", ResponseType: "T"})),
				completed(says("b", openapi.TextPart{Text: "[]", ResponseType: "U"})),
				completed(says("c", openapi.JSONPart{JSON: []byte(`1`)})), done,
			},
			[]string{"block-start t1-output", "text-start a T", "text-delta a {}", "text-end a", "text-start b U", "text-delta b []", "text-end b",
				"text-start c object", "text-delta c 1", "text-end c", "block-end t1-output", "finish stop"},
		},
		"pictures": {
			[]openapi.EventData{completed(says("a", text("Look"), openapi.ImagePart{Path: "/a b.png"}, openapi.ImagePart{Path: "data:image/gif,x", Mime: new("image/gif")})), done},
			[]string{"block-start t1-output", "text-start a", "text-delta a Look", "text-end a", "file-available a/1 file:///a%20b.png",
				"file-available a/2 data:image/gif,x", "block-end t1-output", "finish stop"},
		},
		"words that are not the agent's, or not for people": {
			[]openapi.EventData{
				completed(item("a", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Hi"))),
				completed(item("b", openapi.ItemKindMessage, openapi.ItemRoleSystem, text("Be kind"))),
				completed(item("c", openapi.ItemKindSystem, openapi.ItemRoleSystem, text("Ready"))),
				completed(item("d", openapi.ItemKindStatus, openapi.ItemRoleAssistant, openapi.StatusPart{Label: "Indexing"})),
				completed(item("e", openapi.ItemKindUnknown, openapi.ItemRoleAssistant, text("?"))),
				started(hidden(says("f"))), delta("f", "x"), completed(hidden(says("f", text("xy"), openapi.ImagePart{Path: "/x"}))), done,
			},
			[]string{"finish stop"},
		},
		"deltas of nothing": {
			[]openapi.EventData{delta("a", "x"), completed(says("b", text("y"))), delta("b", "z"), done},
			[]string{"block-start t1-output", "text-start b", "text-delta b y", "text-end b", "block-end t1-output", "finish stop"},
		},
		"steps": {
			[]openapi.EventData{
				completed(says("a", text("1"))), step("s", "next-message", "stream"), started(says("b")), delta("b", "2"),
				openapi.BlockEndedData{BlockID: "s"}, delta("b", "3"), done,
			},
			[]string{"block-start t1-output", "text-start a", "text-delta a 1", "text-end a", "block-end t1-output", "block-start s", "text-start b",
				"text-delta b 2", "text-end b", "block-end s", "block-start t1-output-2", "text-start b/2", "text-delta b/2 3", "text-end b/2",
				"block-end t1-output-2", "finish stop"},
		},
		"a step that does not end": {
			[]openapi.EventData{step("s", "set-resource", "name"), openapi.ResourceUpdatedData{Name: "R", Value: []byte(`null`)}, done},
			[]string{"block-start s", "resource-update R null", "block-end s", "finish stop"},
		},
		"a tool of the agent's own": {
			[]openapi.EventData{
				started(calls("a", "c", "ls", "{}")), partDelta("a", openapi.DeltaPartToolInput, `{"x":`), completed(calls("a", "c", "ls", `{"x":1}`)),
				completed(gave("b", "c", "ok")), completed(gave("b2", "c", "again")), completed(gave("b3", "nobody's", "x")), done,
			},
			[]string{"block-start t1-output", "tool-input-start c ls", `tool-input-delta c {"x":`, "tool-input-delta c 1}", "tool-input-end c",
				`tool-input-available c ls {"x":1}`, `tool-output-available c "ok"`, "block-end t1-output", "finish stop"},
		},
		"a tool that fails": {
			[]openapi.EventData{completed(calls("a", "c", "ls", `{"x":1}`)), failed(gave("b", "c", " no\n")), completed(calls("d", "e", "ls", "{}")), failed(gave("f", "e", "")), done},
			[]string{"block-start t1-output", "tool-input-start c ls", `tool-input-delta c {"x":1}`, "tool-input-end c",
				`tool-input-available c ls {"x":1}`, "tool-output-error c no", "tool-input-start e ls", "tool-input-delta e {}", "tool-input-end e",
				"tool-input-available e ls {}", "tool-output-error e The tool call failed.", "block-end t1-output", "finish stop"},
		},
		"arguments that are no object": {
			[]openapi.EventData{completed(calls("a", "c", "x", `[1]`)), completed(calls("b", "d", "x", `not JSON`)), completed(calls("e", "f", "x", "")),
				completed(calls("g", "h", "x", "null")), done},
			[]string{"block-start t1-output",
				"tool-input-start c x", "tool-input-delta c [1]", "tool-input-end c", `tool-input-available c x {"input":[1]}`,
				"tool-input-start d x", "tool-input-delta d not JSON", "tool-input-end d", `tool-input-available d x {"input":"not JSON"}`,
				"tool-input-start f x", "tool-input-end f", "tool-input-available f x {}",
				"tool-input-start h x", "tool-input-delta h null", "tool-input-end h", "tool-input-available h x {}",
				`tool-output-available c ""`, `tool-output-available d ""`, `tool-output-available f ""`, `tool-output-available h ""`,
				"block-end t1-output", "finish stop"},
		},
		"a call whose name is late": {
			[]openapi.EventData{started(item("a", openapi.ItemKindToolCall, openapi.ItemRoleAssistant)), partDelta("a", openapi.DeltaPartToolInput, `{"x":`),
				completed(calls("a", "c", "ls", `{"x":1}`)), completed(gave("b", "c", "ok")), done},
			[]string{"block-start t1-output", "tool-input-start c ls", `tool-input-delta c {"x":1}`, "tool-input-end c",
				`tool-input-available c ls {"x":1}`, `tool-output-available c "ok"`, "block-end t1-output", "finish stop"},
		},
		"an answer before the call is whole": {
			[]openapi.EventData{started(calls("a", "c", "ls", "{}")), partDelta("a", openapi.DeltaPartToolInput, `{"x"`), completed(gave("b", "c", "ok")),
				completed(calls("a", "c", "ls", `{"x":1}`)), done},
			[]string{"block-start t1-output", "tool-input-start c ls", `tool-input-delta c {"x"`, "tool-input-end c", "tool-input-available c ls {}",
				`tool-output-available c "ok"`, "block-end t1-output", "finish stop"},
		},
		"hidden tools": {
			[]openapi.EventData{started(hidden(calls("a", "c", "ls", "{}"))), partDelta("a", openapi.DeltaPartToolInput, "{}"), completed(hidden(calls("a", "c", "ls", "{}"))),
				completed(gave("b", "c", "ok")), completed(calls("d", "e", "ls", "{}")), completed(hidden(gave("f", "e", "secret"))), done},
			[]string{"block-start t1-output", "tool-input-start e ls", "tool-input-delta e {}", "tool-input-end e", "tool-input-available e ls {}",
				`tool-output-available e ""`, "block-end t1-output", "finish stop"},
		},
		"a sub-agent": {
			[]openapi.EventData{completed(calls("a", "c", "Agent", "{}")), completed(below(says("b", text("deep")), "a")),
				completed(below(gave("d", "c", "ok"), "a")), completed(says("e", text("up"))), done},
			[]string{"block-start t1-output", "tool-input-start c Agent", "tool-input-delta c {}", "tool-input-end c", "tool-input-available c Agent {}",
				"block-end t1-output", "block-start t1-output-2", "text-start b", "text-delta b deep", "text-end b", `tool-output-available c "ok"`,
				"block-end t1-output-2", "block-start t1-output-3", "text-start e", "text-delta e up", "text-end e", "block-end t1-output-3", "finish stop"},
		},
		"an interrupt": {
			[]openapi.EventData{started(says("a")), delta("a", "x"), completed(calls("b", "c", "ls", "{}")), ended(openapi.TurnStatusInterrupted)},
			[]string{"block-start t1-output", "text-start a", "text-delta a x", "tool-input-start c ls", "tool-input-delta c {}", "tool-input-end c",
				"tool-input-available c ls {}", "text-end a", "tool-output-error c The tool call was cancelled.", "block-end t1-output", "finish stop"},
		},
		"a failure": {
			[]openapi.EventData{openapi.ErrorData{Message: "first"}, openapi.ErrorData{Message: "last", Code: new("model_error")}, ended(openapi.TurnStatusFailed)},
			[]string{"error provider_error"},
		},
		"an error that is not the end": {
			[]openapi.EventData{openapi.ErrorData{Message: "a hiccup"}, done},
			[]string{"finish stop"},
		},
		"what comes after the end": {
			[]openapi.EventData{done, completed(says("a", text("x"))), done},
			[]string{"finish stop"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := uistream.New("t1", uistream.Options{})
			got := all(s, turn(t, c.log...))
			if len(got) == 0 || got[0].Data.Type != openapi.UIStart || !s.Over() {
				t.Fatalf("the stream does not start, or does not end: %v", brief(got))
			}
			same(t, brief(got[1:]), c.want)
		})
	}
}

func TestFinishReason(t *testing.T) {
	t.Parallel()
	cases := []struct {
		status       openapi.TurnStatus
		reason, want string
	}{
		{openapi.TurnStatusCompleted, "", "stop"},
		{openapi.TurnStatusCompleted, "stop", "stop"},
		{openapi.TurnStatusCompleted, "length", "length"},
		{openapi.TurnStatusCompleted, "content-filter", "content-filter"},
		{openapi.TurnStatusCompleted, "error", "error"},
		{openapi.TurnStatusCompleted, "tool-calls", "other"}, // nothing is asked for
		{openapi.TurnStatusCompleted, "end_turn", "other"},
		{openapi.TurnStatusInterrupted, "length", "stop"},
		{"", "", "stop"},
	}
	for _, c := range cases {
		end := ended(c.status)
		end.FinishReason = c.reason
		got := all(uistream.New("t1", uistream.Options{}), turn(t, end))
		if last := got[len(got)-1].Data; last.Type != openapi.UIFinish || last.FinishReason != c.want {
			t.Errorf("%s %s ends with %s %s, want %s", c.status, c.reason, last.Type, last.FinishReason, c.want)
		}
	}
}

// TestStart holds that a stream begins with its turn, and tells who is who.
func TestStart(t *testing.T) {
	t.Parallel()
	s := uistream.New("t1", uistream.Options{SessionID: "s"})
	l := turn(t, done)
	before := l.events[0]
	before.Data = openapi.MessageQueuedData{Message: "Hi"}
	if got := s.Event(before); got != nil {
		t.Fatalf("a message that waits begins its turn's stream: %v", brief(got))
	}
	other := l.events[0]
	other.TurnID = "t0"
	if got := s.Event(other); got != nil {
		t.Fatalf("another turn begins the stream: %v", brief(got))
	}
	got := s.Event(l.events[0])
	want := openapi.UIEvent{Type: "start", MessageID: "msg_t1", ExecutionID: "t1", SessionID: "s"}
	if len(got) != 1 || encode(t, got[0].Data) != encode(t, want) || got[0].ID.String() != "1.0" || s.Over() {
		t.Fatalf("the start is %+v", got)
	}
	if got := s.Event(l.events[0]); got != nil {
		t.Fatalf("the turn starts twice: %v", brief(got))
	}
}
