package opencode

import (
	"fmt"

	"github.com/parleyhq/parley/openapi"
)

// converter turns the events of one turn into outputs. It is pure: no I/O, no clock, no lock.
//
// It takes the same thing twice without harm: what a cut of the stream has lost is read from the program's store and
// converted like events.
type converter struct {
	out     []openapi.Output
	session string            // the program's name for the session
	client  map[string]string // the client's names of its tools, by the program's
	prompt  string            // the id of the user's message; messages of other turns have smaller ones

	messages map[string]*message
	order    []*message
	parts    map[string]*openPart
	opened   []*openPart
	family   map[string]*string // the sessions of the turn, and the tool calls that the subagents work for, by native id
	used     map[string]bool    // native item ids
	fault    *fault             // the last error of the session
	last     *message           // of the agent itself
}

// newConverter is for one turn, which is begun by the message of the id prompt.
func newConverter(session, prompt string) *converter {
	return &converter{
		session: session, prompt: prompt, messages: map[string]*message{}, parts: map[string]*openPart{},
		family: map[string]*string{session: nil}, used: map[string]bool{},
	}
}

// convert turns an event into outputs, which are good until the next call. raw goes with the last of them. What steers
// the turn, its state and requests, is not read here.
func (c *converter) convert(e *event, raw []byte) []openapi.Output {
	c.out = c.out[:0]
	p := &e.Properties
	if _, ours := c.family[p.SessionID]; !ours && e.Type != "session.created" {
		return nil
	}
	switch e.Type {
	case "session.created":
		c.subagent(p)
	case "message.updated":
		c.message(p.Info)
	case "message.part.updated":
		c.part(p.Part, true)
	case "message.part.delta":
		c.delta(p)
	case "session.status":
		c.retry(p)
	case "session.error":
		c.sessionFault(p)
	case "session.compacted":
		c.note(p.SessionID, "compacted", "")
	case "todo.updated":
		c.todos(p)
	default:
		if !known[e.Type] {
			c.emit(unparsed(fmt.Errorf("unknown event %q", e.Type), raw))
			return c.out
		}
	}
	if len(c.out) > 0 {
		last := &c.out[len(c.out)-1]
		*last = withRaw(*last, raw)
	}
	return c.out
}

// known are the types of events about sessions that say nothing that people need to see, or that the turn itself reads.
var known = map[string]bool{
	"session.updated": true, "session.deleted": true, "session.idle": true, "session.diff": true,
	"message.removed": true, "message.part.removed": true, "command.executed": true, "tui.session.select": true,
	"permission.asked": true, "permission.replied": true, "question.asked": true, "question.replied": true, "question.rejected": true,
}

// stored converts messages as the program has stored them, the oldest first.
func (c *converter) stored(messages []storedMessage) []openapi.Output {
	c.out = c.out[:0]
	for i := range messages {
		m := &messages[i]
		if _, ours := c.family[m.Info.SessionID]; !ours {
			continue
		}
		c.message(&m.Info)
		for j := range m.Parts {
			c.part(&m.Parts[j], false)
		}
	}
	return c.out
}

// cut completes what is still open, for a turn that is over.
func (c *converter) cut() []openapi.Output {
	c.out = c.out[:0]
	c.fail(c.opened)
	return c.out
}

// subagent learns of a session that works for one of the turn's.
func (c *converter) subagent(p *properties) {
	if p.Info == nil || p.SessionID == "" {
		return
	}
	_, known := c.family[p.SessionID]
	if parent, ours := c.family[p.Info.ParentID]; ours && !known {
		c.family[p.SessionID] = parent // until the tool call names it
	}
}

func (c *converter) emit(o openapi.Output) { c.out = append(c.out, o) }

// withRaw keeps an event with one output only, however many came from it: it is stored once.
func withRaw(o openapi.Output, raw []byte) openapi.Output {
	switch o := o.(type) {
	case openapi.ItemDelta:
		o.Raw = raw
		return o
	case openapi.ItemStarted:
		o.Raw = raw
		return o
	case openapi.ItemCompleted:
		o.Raw = raw
		return o
	}
	return o
}

// nativeID makes an id unique in the turn.
func (c *converter) nativeID(wanted string) string {
	id := wanted
	for n := 2; c.used[id]; n++ {
		id = fmt.Sprintf("%s#%d", wanted, n)
	}
	c.used[id] = true
	return id
}

func (c *converter) start(item openapi.Item) {
	item.Status = openapi.ItemStatusInProgress
	c.emit(openapi.ItemStarted{Item: item})
}

func (c *converter) complete(item openapi.Item, status openapi.ItemStatus) {
	item.Status = status
	c.emit(openapi.ItemCompleted{Item: item})
}
