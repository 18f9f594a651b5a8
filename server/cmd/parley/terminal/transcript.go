package terminal

import (
	"fmt"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// transcript shows a turn as people read it: what the agent answers on one stream, and what it does besides on the other.
type transcript struct {
	answer, notes *console
	items         map[string]*shown
	last          string // the item whose text was printed last
	usage         openapi.UsageUpdatedData
}

// shown is how much of an item was printed.
type shown struct {
	item            openapi.Item
	text, reasoning bool
	call            string // the arguments, as they were printed
}

func newTranscript(answer, notes *console) *transcript {
	return &transcript{answer: answer, notes: notes, items: map[string]*shown{}}
}

// show prints what an event says to a person.
func (t *transcript) show(ev openapi.Event) {
	switch d := ev.Data.(type) {
	case openapi.ItemStartedData:
		t.items[d.Item.ItemID] = &shown{item: d.Item}
		t.calls(d.Item)
	case openapi.ItemDeltaData:
		t.delta(d)
	case openapi.ItemCompletedData:
		t.completed(d.Item)
	case openapi.MessageQueuedData:
		t.note(fmt.Sprintf("waits for its turn (%d waiting)", d.Position))
	case openapi.PermissionResolvedData:
		t.resolved("permission "+d.Action, string(d.Status), d.Status == openapi.PermissionStatusReject)
	case openapi.QuestionResolvedData:
		t.resolved("question", answered(d), d.Status == openapi.QuestionStatusRejected)
	case openapi.ErrorData:
		t.notes.line(t.notes.paint.red, "error: "+flat(d.Message, 2000))
	case openapi.AgentUnparsedData:
		t.note("the agent sent something unreadable: " + flat(d.Error, 300))
	default:
		t.other(ev)
	}
}

// other prints what is rarer.
func (t *transcript) other(ev openapi.Event) {
	switch d := ev.Data.(type) {
	case openapi.ToolRequestedData:
		t.tool(d.Name, string(d.Arguments))
	case openapi.ToolResolvedData:
		t.lines(string(d.Result), 5)
	case openapi.ResourceUpdatedData:
		t.note(fmt.Sprintf("resource %s: %s", d.Name, flat(string(d.Value), 200)))
	case openapi.UsageUpdatedData:
		t.usage = d
	case openapi.TurnEndedData:
		t.ended(d)
	case openapi.SessionEndedData:
		t.note(fmt.Sprintf("the session has ended: %s", d.Reason))
	}
}

// ended says how the turn went, where that was not well, and what it has cost.
func (t *transcript) ended(d openapi.TurnEndedData) {
	t.answer.newline()
	t.notes.newline()
	if d.Status != openapi.TurnStatusCompleted && d.Status != "" {
		t.notes.line(t.notes.paint.red, string(d.Status))
	}
	if t.usage.InputTokens+t.usage.OutputTokens > 0 {
		t.notes.line(t.notes.paint.dim, cost(t.usage))
	}
}

func cost(u openapi.UsageUpdatedData) string {
	in := u.InputTokens + u.CacheReadTokens + u.CacheWriteTokens
	text := fmt.Sprintf("%d tokens in, %d out", in, u.OutputTokens)
	if u.CostUSD != nil {
		text += fmt.Sprintf(" · $%.4f", *u.CostUSD)
	}
	return text
}

// delta prints a piece of a text. What the caller has said is known to him.
func (t *transcript) delta(d openapi.ItemDeltaData) {
	s := t.items[d.ItemID]
	if s == nil {
		s = &shown{}
		t.items[d.ItemID] = s
	}
	if fromUser(s.item) {
		return
	}
	switch d.Part {
	case openapi.DeltaPartReasoning:
		s.reasoning = true
		t.think(d.ItemID, d.Delta)
	case openapi.DeltaPartText, "":
		s.text = true
		t.text(d.ItemID, d.Delta)
	case openapi.DeltaPartToolInput: // the call is shown when it is whole
	}
}

// text prints the answer. A new message begins a new line.
func (t *transcript) text(item, text string) {
	if t.last != item {
		t.answer.newline()
		t.notes.newline()
	}
	t.last = item
	t.answer.say(t.answer.paint.plain, text)
}

func (t *transcript) think(item, text string) {
	if key := item + "/reasoning"; t.last != key {
		t.pause()
		t.last = key
	}
	t.notes.say(t.notes.paint.dim, text)
}

// pause ends the line of whatever was printed last.
func (t *transcript) pause() {
	if t.answer.fresh == t.notes.fresh {
		t.answer.newline()
	}
	t.notes.newline()
	t.last = ""
}

func (t *transcript) note(text string) {
	t.pause()
	t.notes.line(t.notes.paint.dim, text)
}

func (t *transcript) resolved(what, how string, refused bool) {
	t.pause()
	style := t.notes.paint.green
	if refused {
		style = t.notes.paint.red
	}
	t.notes.line(style, flat(what, 60)+": "+flat(how, 200))
}

func answered(d openapi.QuestionResolvedData) string {
	var chosen []string
	for _, a := range d.Answers {
		chosen = append(chosen, strings.Join(a, ", "))
	}
	if len(chosen) == 0 && d.Response != nil {
		chosen = []string{*d.Response}
	}
	if len(chosen) == 0 {
		return string(d.Status)
	}
	return strings.Join(chosen, "; ")
}

func fromUser(item openapi.Item) bool { return item.Role != nil && *item.Role == openapi.ItemRoleUser }
