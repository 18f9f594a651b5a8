package adaptertest

import (
	"fmt"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// Events makes events of outputs, with made-up ids, times and sequences: one of each, in order, without what a session adds.
func Events(outputs []openapi.Output) []openapi.Event {
	var s stamp
	events := make([]openapi.Event, len(outputs))
	for i, o := range outputs {
		events[i] = s.output(o)
	}
	return events
}

// stamp gives events what is a session's to give. Its zero value begins a log.
type stamp struct {
	sequence uint64
	items    map[string]string // item ids of this turn by native id
	ids      int               // item ids given so far
	native   *string
	turn     string
}

// epoch makes times the same in every run.
var epoch = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func (s *stamp) begin(turn string) { s.turn, s.items = turn, nil }

func (s *stamp) event(source openapi.EventSource, data openapi.EventData, raw []byte) openapi.Event {
	s.sequence++
	return openapi.Event{
		EventID:         fmt.Sprintf("evt_1_%d", s.sequence),
		Sequence:        s.sequence,
		Time:            epoch.Add(time.Duration(s.sequence) * time.Millisecond),
		SessionID:       "test",
		NativeSessionID: s.native,
		Synthetic:       source == openapi.EventSourceDaemon,
		Source:          source,
		TurnID:          s.turn,
		Data:            data,
		Raw:             raw,
	}
}

func (s *stamp) output(o openapi.Output) openapi.Event {
	switch o := o.(type) {
	case openapi.ItemStarted:
		return s.event(openapi.EventSourceAgent, openapi.ItemStartedData{Item: s.item(o.Item)}, o.Raw)
	case openapi.ItemDelta:
		return s.event(openapi.EventSourceAgent, s.delta(o), o.Raw)
	case openapi.ItemCompleted:
		return s.event(openapi.EventSourceAgent, openapi.ItemCompletedData{Item: s.item(o.Item)}, o.Raw)
	case openapi.Usage:
		return s.event(openapi.EventSourceAgent, o.Data, o.Raw)
	case openapi.ResourceUpdated:
		return s.event(openapi.EventSourceAgent, o.Data, o.Raw)
	case openapi.VariableUpdated:
		return s.event(openapi.EventSourceAgent, o.Data, o.Raw)
	case openapi.BlockStarted:
		return s.event(openapi.EventSourceAgent, o.Data, o.Raw)
	case openapi.BlockEnded:
		return s.event(openapi.EventSourceAgent, o.Data, o.Raw)
	case openapi.Failure:
		return s.event(openapi.EventSourceDaemon, o.Data, o.Raw)
	case openapi.Unparsed:
		return s.event(openapi.EventSourceDaemon, o.Data, o.Raw)
	case openapi.Ended:
		return s.event(openapi.EventSourceDaemon, o.Data, o.Raw)
	case openapi.NativeSession:
		s.native = &o.ID
		return s.event(openapi.EventSourceDaemon, openapi.SessionUpdatedData{NativeSessionID: o.ID}, nil)
	}
	panic(fmt.Sprintf("adaptertest: output %T is not known here", o))
}

func (s *stamp) item(item openapi.Item) openapi.Item {
	item.ItemID = s.id(item.NativeItemID)
	if item.ParentID != nil {
		item.ParentID = new(s.id(item.ParentID))
	}
	return item
}

func (s *stamp) delta(o openapi.ItemDelta) openapi.ItemDeltaData {
	return openapi.ItemDeltaData{ItemID: s.id(&o.NativeItemID), NativeItemID: &o.NativeItemID, Delta: o.Delta, Part: o.Part}
}

func (s *stamp) id(native *string) string {
	if native != nil && s.items[*native] != "" {
		return s.items[*native]
	}
	s.ids++
	id := fmt.Sprintf("itm_%d", s.ids)
	if native != nil {
		if s.items == nil {
			s.items = map[string]string{}
		}
		s.items[*native] = id
	}
	return id
}
