package session

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// writer makes events and brings them to the store and the feed. It is the owner's pen: only the owner's goroutine uses it.
type writer struct {
	store  store.Store
	feed   *feed
	now    func() time.Time
	id     string
	prefix string // of event ids
	epoch  uint64
	last   uint64 // the last sequence given
	state  state
	buffer []openapi.Event // events that wait for the next commit
	dirty  bool            // the state changed since the last commit
}

// append gives an event its place in the log and folds it. Nobody sees it before the next commit.
func (w *writer) append(data openapi.EventData, from origin, turn string, raw []byte) {
	w.last++
	e := openapi.Event{
		EventID:   w.prefix + strconv.FormatUint(w.last, 10),
		Sequence:  w.last,
		Time:      w.now(),
		SessionID: w.id,
		Synthetic: from == byServer,
		Source:    from.source(),
		TurnID:    turn,
		Data:      data,
		Raw:       raw,
	}
	if w.state.fold(e) {
		w.dirty = true
	}
	e.NativeSessionID = optional(w.state.NativeID)
	w.buffer = append(w.buffer, e)
}

// commit makes durable and then visible what was appended, together with the receipt. An error says that the writer is
// ahead of its log and must not be used again.
func (w *writer) commit(ctx context.Context, receipt *store.Receipt) error {
	if len(w.buffer) == 0 && receipt == nil {
		return nil
	}
	records, err := encode(w.buffer)
	if err != nil {
		return err
	}
	c := store.Commit{
		Session: w.id,
		At:      w.at(),
		After:   w.last - uint64(len(records)),
		Epoch:   w.epoch,
		Records: records,
		Receipt: receipt,
	}
	if w.dirty {
		if c.State, err = w.state.stored(); err != nil {
			return err
		}
	}
	if err := w.store.Append(ctx, c); err != nil {
		return err
	}
	if len(records) > 0 {
		w.feed.publish(records, w.state.Ended)
	}
	clear(w.buffer)
	w.buffer, w.dirty = w.buffer[:0], false
	return nil
}

// at is the time of the last event that is about to be written.
func (w *writer) at() time.Time {
	if len(w.buffer) == 0 {
		return w.now()
	}
	return w.buffer[len(w.buffer)-1].Time
}

// encode writes each event once; these bytes are what the store keeps and what every reader gets. The payloads are kept
// apart from them.
func encode(events []openapi.Event) ([]store.Record, error) {
	records := make([]store.Record, len(events))
	ends := make([]int, len(events))
	all := make([]byte, 0, 384*len(events))
	for i := range events {
		raw, err := compact(events[i].Raw)
		if err != nil {
			return nil, fmt.Errorf("event %d: raw payload: %w", events[i].Sequence, err)
		}
		events[i].Raw = nil
		if all, err = events[i].AppendJSON(all); err != nil {
			return nil, err
		}
		ends[i] = len(all)
		records[i] = store.Record{Sequence: events[i].Sequence, Type: events[i].Type(), Raw: raw}
	}
	start := 0
	for i, end := range ends {
		records[i].JSON = all[start:end:end]
		start = end
	}
	return records, nil
}

// compact makes a payload fit to stand in one line. What is not JSON is kept as a string.
func compact(raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	if !json.Valid(raw) {
		return json.Marshal(string(raw))
	}
	for _, c := range raw {
		if c == '\n' || c == '\r' {
			return json.Marshal(json.RawMessage(raw))
		}
	}
	return raw, nil
}

// origin says who an event comes from.
type origin bool

const (
	byAgent  origin = false
	byServer origin = true // synthetic
)

func (o origin) source() openapi.EventSource {
	if o == byServer {
		return openapi.EventSourceDaemon
	}
	return openapi.EventSourceAgent
}

// eventPrefix makes event ids unique in the server: the session's key is never used again.
func eventPrefix(key uint64) string { return "evt_" + strconv.FormatUint(key, 36) + "_" }
