package uistream_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// list writes messages, with the statuses of all that is in them.
func list(messages []openapi.UIMessage) []string {
	var out []string
	for _, m := range messages {
		words := []string{m.ID, string(m.Status) + ":"}
		for _, p := range m.Parts {
			words = append(words, p.Type, p.Status, p.Text, p.ToolCallID, p.Error)
		}
		out = append(out, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
	}
	return out
}

func fold(l *log) *uistream.Messages {
	var m uistream.Messages
	for _, e := range l.events {
		m.Add(e)
	}
	return &m
}

// TestMessagesGrow shows the messages of a turn after each of its events.
func TestMessagesGrow(t *testing.T) {
	t.Parallel()
	l := turn(t,
		completed(item("u", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Hi"))),
		started(says("a")), delta("a", "He"), completed(says("a", text("Hey"))),
		started(calls("b", "c1", "ask", "{}")), completed(calls("b", "c1", "ask", "{}")), requested("c1", "b"), resolved("c1", "1"),
		completed(item("v", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Faster"))),
		completed(says("d", text("Ho"))), done,
	)
	want := [][]string{
		{},
		{"u done: text done Hi"},
		{"u done: text done Hi"},
		{"u done: text done Hi", "msg_t1 streaming: text streaming He"},
		{"u done: text done Hi", "msg_t1 streaming: text done Hey"},
		{"u done: text done Hi", "msg_t1 streaming: text done Hey tool-call pending c1"},
		{"u done: text done Hi", "msg_t1 streaming: text done Hey tool-call running c1"},
		{"u done: text done Hi", "msg_t1 streaming: text done Hey tool-call running c1"},
		{"u done: text done Hi", "msg_t1 streaming: text done Hey tool-call done c1"},
		{"u done: text done Hi", "msg_t1 streaming: text done Hey tool-call done c1", "v done: text done Faster"},
		{"u done: text done Hi", "msg_t1 streaming: text done Hey tool-call done c1 text done Ho", "v done: text done Faster"},
		{"u done: text done Hi", "msg_t1 done: text done Hey tool-call done c1 text done Ho", "v done: text done Faster"},
	}
	var m uistream.Messages
	for i, e := range l.events {
		m.Add(e)
		same(t, list(m.List(0)), want[i])
	}
}

// TestRollBack takes back what came after a message.
func TestRollBack(t *testing.T) {
	t.Parallel()
	cases := []struct {
		after *string
		want  []string
	}{
		{nil, []string{}},
		{new("u"), []string{"u done: text done Hi"}},
		{new("msg_t1"), []string{"u done: text done Hi", "msg_t1 done: text done Hey"}},
		{new("nobody's"), []string{"u done: text done Hi", "msg_t1 done: text done Hey", "v done: text done Ho"}},
	}
	for _, c := range cases {
		l := turn(t, completed(item("u", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Hi"))), completed(says("a", text("Hey"))), done,
			completed(item("v", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Ho"))), openapi.HistoryRolledBackData{AfterMessageID: c.after})
		same(t, list(fold(l).List(0)), c.want)
	}
}

// TestBefore finds what the user has said by the ids of clients and of the list, as long as it is there.
func TestBefore(t *testing.T) {
	t.Parallel()
	l := &log{}
	say := func(turn, id, item string) {
		l.mustAdd(t, openapi.TurnStartedData{Phase: "started", TurnID: turn, Trigger: openapi.TurnTrigger{Name: "say", MessageID: id}})
		l.mustAdd(t, completed(userSays(item)))
		l.mustAdd(t, completed(says(item+"a", text("Hey"))))
		l.mustAdd(t, openapi.TurnEndedData{Phase: "ended", TurnID: turn, Status: openapi.TurnStatusCompleted})
	}
	before := func(ids ...string) string {
		m := fold(l)
		var found []string
		for _, id := range ids {
			switch after, said := m.Before(id); {
			case !said:
				found = append(found, id+" -")
			case after == nil:
				found = append(found, id+" all")
			default:
				found = append(found, id+" "+*after)
			}
		}
		return strings.Join(found, ", ")
	}
	say("t1", "x", "u1")
	say("t2", "", "u2")
	say("t3", "y", "u3")
	if got := before("x", "u1", "u2", "y", "u3", "msg_t1", "", "z"); got != "x all, u1 all, u2 msg_t1, y msg_t2, u3 msg_t2, msg_t1 -,  -, z -" {
		t.Error(got)
	}
	l.mustAdd(t, openapi.HistoryRolledBackData{AfterMessageID: new("msg_t1")})
	if got := before("x", "u2", "y"); got != "x all, u2 -, y -" {
		t.Error(got)
	}
	say("t4", "x", "u4") // a client may use an id once more: the last one counts
	if got := before("x"); got != "x msg_t1" {
		t.Error(got)
	}
	l.mustAdd(t, openapi.SessionRestoredData{Messages: []openapi.UIMessage{
		{ID: "r", Role: openapi.UIMessageRoleUser, Status: openapi.UIMessageStatusDone, Parts: []openapi.UIPart{}, CreatedAt: "2026-01-01T00:00:00Z"},
	}})
	if got := before("x", "r"); got != "x -, r all" {
		t.Error(got)
	}
}

// userSays is a message of the user's.
func userSays(id string) openapi.Item {
	return item(id, openapi.ItemKindMessage, openapi.ItemRoleUser, text("Hi"))
}

// TestEras shows what clients of each era get of messages that were restored.
func TestEras(t *testing.T) {
	t.Parallel()
	call := func(status string) openapi.UIPart {
		return openapi.UIPart{Type: "tool-call", ToolCallID: status, ToolName: "ask", Status: status}
	}
	parts := []openapi.UIPart{
		{Type: "text", Text: "a", Status: "streaming"}, {Type: "text", Status: "done"}, {Type: "reasoning", Text: "b"},
		call("pending"), call("running"), call("done"), call("error"), call("cancelled"), {Type: "tool-call", ToolName: "no id"},
		{Type: "operation", OperationID: "o", Name: "n", OperationType: "set-resource", Status: "running"},
		{Type: "operation", OperationID: "o", Name: "n", OperationType: "set-resource", Status: "cancelled"},
		{Type: "file", ID: "f", MediaType: "m", URL: "u"}, {Type: "file", ID: "f"},
		{Type: "source", SourceType: "url", ID: "s", URL: "u"}, {Type: "source", SourceType: "document", ID: "s"},
		{Type: "object", ID: "x", TypeName: "T", Partial: []byte(`1`), Status: "done"},
		{Type: "step-start"}, {Type: "worker"}, {Type: "todo"}, {Type: "new one"},
	}
	l := turn(t, done, openapi.SessionRestoredData{Messages: []openapi.UIMessage{
		{ID: "m", Role: openapi.UIMessageRoleAssistant, Status: openapi.UIMessageStatusStreaming, Parts: parts, CreatedAt: "2026-01-01T00:00:00Z"},
	}})
	before := encode(t, l.events[2].Data)
	m := fold(l)
	seed := "m done: text done a reasoning done b tool-call error pending The tool call was cancelled. " +
		"tool-call error running The tool call was cancelled. tool-call done done tool-call error error " +
		"tool-call error cancelled The tool call was cancelled. operation done operation done file source object done"
	same(t, list(m.List(0)), []string{seed})
	same(t, list(m.List(3)), []string{seed})
	same(t, list(m.List(4)), []string{
		"m done: text done a reasoning done b tool-call cancelled pending tool-call cancelled running tool-call done done tool-call error error " +
			"tool-call cancelled cancelled operation done operation cancelled file source object done step-start"})
	for _, era := range []uistream.Era{0, 4} {
		if got := encode(t, m.List(era)); strings.Contains(got, "null") {
			t.Errorf("era %d gets a null: %s", era, got)
		}
	}
	if after := encode(t, l.events[2].Data); after != before {
		t.Errorf("the event was changed to\n%s", after)
	}
}

// TestSender holds that people are named where the log names them.
func TestSender(t *testing.T) {
	t.Parallel()
	ann, bob := openapi.Sender{Name: "Ann"}, openapi.Sender{ID: "b"}
	named := item("v", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Ho"))
	named.Sender = bob
	l := &log{}
	l.mustAdd(t, openapi.TurnStartedData{Phase: "started", TurnID: "t1", Trigger: openapi.TurnTrigger{Name: "say", Sender: ann}})
	l.mustAdd(t, completed(item("u", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Hi"))))
	l.mustAdd(t, completed(named))
	l.mustAdd(t, done)
	l.mustAdd(t, completed(item("w", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Hm"))))
	var got []openapi.Sender
	for _, m := range fold(l).List(0) {
		got = append(got, m.Sender)
	}
	if want := []openapi.Sender{ann, bob, {}}; !slices.Equal(got, want) {
		t.Errorf("the senders are %v, want %v", got, want)
	}
}

// TestUserParts shows what becomes of all that a person can say.
func TestUserParts(t *testing.T) {
	t.Parallel()
	said := item("u", openapi.ItemKindMessage, openapi.ItemRoleUser, text("Hi"), text(""), openapi.TextPart{Text: `{"a":1}`, ResponseType: "T"},
		openapi.TextPart{Text: `{"a`, ResponseType: "T"}, openapi.JSONPart{JSON: []byte(`[1]`)}, openapi.ImagePart{Path: "x/y.jpg", Mime: new("image/jpeg")},
		openapi.StatusPart{Label: "no"})
	said.Thread = "side"
	got := encode(t, fold(turn(t, completed(said))).List(0)[0].Parts)
	want := `[{"type":"text","status":"done","thread":"side","text":"Hi"},` +
		`{"type":"object","status":"done","thread":"side","id":"u/2","typeName":"T","object":{"a":1}},` +
		`{"type":"text","status":"done","thread":"side","text":"{\"a"},` +
		`{"type":"object","status":"done","thread":"side","id":"u/4","typeName":"object","object":[1]},` +
		`{"type":"file","thread":"side","id":"u/5","mediaType":"image/jpeg","url":"x/y.jpg","filename":"y.jpg"}]`
	if got != want {
		t.Errorf("the parts are\n%s\nwant\n%s", got, want)
	}
}

// TestCut holds that a client whose stream ends with an error has nothing left that runs.
func TestCut(t *testing.T) {
	t.Parallel()
	events := []openapi.UIEvent{
		{Type: "start", MessageID: "m"}, {Type: "block-start", BlockID: "b", BlockName: "Keep", BlockType: "set-resource", Display: "name"},
		{Type: "tool-input-start", ToolCallID: "c1", ToolName: "x"}, {Type: "tool-input-start", ToolCallID: "c2", ToolName: "x"},
		{Type: "tool-output-available", ToolCallID: "c2", Output: []byte(`1`)}, {Type: "text-start", ID: "o", ResponseType: "T"}, {Type: "text-delta", ID: "o", Delta: "{"},
		{Type: "text-start", ID: "a"}, {Type: "text-delta", ID: "a", Delta: "x"}, {Type: "source", ID: "s", SourceType: "url", URL: "u"}, {Type: "finish", FinishReason: "tool-calls"}, {Type: "unheard-of"},
	}
	same(t, list([]openapi.UIMessage{uistream.FoldUI(events)}),
		[]string{"m streaming: operation running tool-call pending c1 tool-call done c2 object streaming text streaming x source"})
	same(t, list([]openapi.UIMessage{uistream.FoldUI(append(events, openapi.UIEvent{Type: "error"}))}),
		[]string{"m done: operation cancelled tool-call cancelled c1 tool-call done c2 object error The response is not JSON. text done x source"})
}
