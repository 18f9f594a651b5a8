package session

import (
	"slices"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// stamper turns what an agent says in one turn into events: it gives items their ids and keeps the contract's rules for
// all agents (contract of the sessions API, section 4, "daemon rules").
type stamper struct {
	w     *writer
	turn  string
	items map[string]*itemMark // by native id
	given int                  // item numbers given
}

// itemMark is what a turn knows of an item.
type itemMark struct {
	id             string
	started, delta bool
}

func newStamper(w *writer, turn string) *stamper {
	return &stamper{w: w, turn: turn, items: map[string]*itemMark{}, given: w.state.Items}
}

// write appends the events of one output.
func (s *stamper) write(out openapi.Output) {
	switch o := out.(type) {
	case openapi.ItemDelta:
		s.delta(o)
	case openapi.ItemStarted:
		s.start(o.Item, byAgent, o.Raw)
	case openapi.ItemCompleted:
		s.complete(o)
	case openapi.Usage:
		s.w.append(o.Data, byAgent, s.turn, o.Raw)
	case openapi.ResourceUpdated:
		s.w.append(o.Data, byAgent, s.turn, o.Raw)
	case openapi.VariableUpdated:
		s.w.append(o.Data, byAgent, s.turn, o.Raw)
	case openapi.BlockStarted:
		s.w.append(o.Data, byAgent, s.turn, o.Raw)
	case openapi.BlockEnded:
		s.w.append(o.Data, byAgent, s.turn, o.Raw)
	case openapi.Failure:
		s.w.append(o.Data, byServer, s.turn, o.Raw)
	case openapi.Unparsed:
		s.w.append(o.Data, byServer, s.turn, o.Raw)
	case openapi.Ended:
		s.w.append(o.Data, byServer, s.turn, o.Raw)
	case openapi.NativeSession:
		if o.ID != s.w.state.NativeID {
			s.w.append(openapi.SessionUpdatedData{NativeSessionID: o.ID}, byServer, s.turn, nil)
		}
	}
}

// remember takes up what the log has of the turn's items, where the turn goes on.
func (s *stamper) remember(e openapi.Event) {
	switch d := e.Data.(type) {
	case openapi.ItemStartedData:
		s.items[key(d.Item.NativeItemID)] = &itemMark{id: d.Item.ItemID, started: true}
	case openapi.ItemDeltaData:
		if m := s.items[key(d.NativeItemID)]; m != nil {
			m.delta = true
		}
	}
}

// user appends the user's message, under the agent's own name for it or as the server's.
func (s *stamper) user(native string, from origin, text string, sender openapi.Sender) {
	role := openapi.ItemRoleUser
	item := openapi.Item{
		NativeItemID: &native,
		Kind:         openapi.ItemKindMessage,
		Role:         &role,
		Content:      openapi.Parts(openapi.TextPart{Text: text}),
		Sender:       sender,
	}
	s.start(item, from, nil)
	item.Status = openapi.ItemStatusCompleted
	s.w.append(openapi.ItemCompletedData{Item: s.named(item)}, from, s.turn, nil)
}

// start appends item.started unless the item was started (rule 7).
func (s *stamper) start(item openapi.Item, from origin, raw []byte) {
	m := s.mark(item.NativeItemID)
	if m.started {
		return
	}
	m.started = true
	item.Status = openapi.ItemStatusInProgress
	s.w.append(openapi.ItemStartedData{Item: s.named(item)}, from, s.turn, raw)
}

// delta appends item.delta; an item that nobody started is a message of the agent.
func (s *stamper) delta(d openapi.ItemDelta) {
	native := d.NativeItemID
	m := s.items[native]
	if m == nil || !m.started {
		role := openapi.ItemRoleAssistant
		s.start(openapi.Item{NativeItemID: &native, Kind: openapi.ItemKindMessage, Role: &role}, byServer, nil)
		m = s.items[native]
	}
	m.delta = true
	data := openapi.ItemDeltaData{ItemID: m.id, NativeItemID: &native, Delta: d.Delta, Part: d.Part}
	s.w.append(data, byAgent, s.turn, d.Raw)
}

// complete appends item.completed, and before it what readers rely on: a start (rule 5), and for a message that came
// whole a delta with its text (rule 6).
func (s *stamper) complete(o openapi.ItemCompleted) {
	s.start(o.Item, byServer, nil)
	m := s.mark(o.Item.NativeItemID)
	if text := wholeText(o.Item); !m.delta && text != "" {
		m.delta = true
		s.w.append(openapi.ItemDeltaData{ItemID: m.id, NativeItemID: o.Item.NativeItemID, Delta: text}, byServer, s.turn, nil)
	}
	s.w.append(openapi.ItemCompletedData{Item: s.named(o.Item)}, byAgent, s.turn, o.Raw)
}

// wholeText is the text of an agent's message, which rule 6 repeats as a delta.
func wholeText(item openapi.Item) string {
	if item.Kind != openapi.ItemKindMessage || item.Role != nil && *item.Role == openapi.ItemRoleUser {
		return ""
	}
	var texts []string
	for _, c := range item.Content {
		if t, ok := c.Part.(openapi.TextPart); ok {
			texts = append(texts, t.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// named is the item under the session's own ids.
func (s *stamper) named(item openapi.Item) openapi.Item {
	item.ItemID = s.mark(item.NativeItemID).id
	if item.ParentID != nil {
		item.ParentID = &s.mark(item.ParentID).id
	}
	item.Content = slices.Clip(item.Content)
	if item.Content == nil {
		item.Content = []openapi.ContentPart{}
	}
	return item
}

// known is the id of an item that the agent has named in this turn; empty when it has not.
func (s *stamper) known(native string) string {
	if m := s.items[native]; m != nil {
		return m.id
	}
	return ""
}

// mark finds an item by its native id; the first use of one takes the next number (rule 9).
func (s *stamper) mark(native *string) *itemMark {
	m := s.items[key(native)]
	if m == nil {
		s.given++
		m = &itemMark{id: itemPrefix + strconv.Itoa(s.given)}
		s.items[key(native)] = m
	}
	return m
}

func key(native *string) string {
	if native == nil {
		return ""
	}
	return *native
}
