package openapi

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Event is one entry of a session's log. Data is one of the generated ...Data structs, or UnknownData for a type
// that this version does not know; a reader skips what it does not know.
type Event struct {
	EventID         string    // unique in the server
	Sequence        uint64    // place in the session's log; from 1, without gaps
	Time            time.Time // UTC
	SessionID       string
	NativeSessionID *string // the agent's own name for the session; nil while unknown
	Synthetic       bool    // made by the server
	Source          EventSource
	TurnID          string // the turn that the event belongs to; empty outside turns
	Data            EventData
	Raw             json.RawMessage // the agent's own payload; nil when there is none or it was not asked for
}

// Type is the event's type on the wire.
func (e Event) Type() string {
	if e.Data == nil {
		return ""
	}
	return e.Data.EventType()
}

// MarshalJSON writes the envelope with its keys in the contract's order.
func (e Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil) }

// AppendJSON appends the event's JSON to b. The last key is always raw, so that a payload which is stored apart
// from its event can be joined by JoinRaw.
func (e Event) AppendJSON(b []byte) ([]byte, error) {
	b = append(b, `{"event_id":`...)
	b = appendString(b, e.EventID)
	b = append(b, `,"sequence":`...)
	b = strconv.AppendUint(b, e.Sequence, 10)
	b = append(b, `,"time":"`...)
	b = e.Time.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","session_id":`...)
	b = appendString(b, e.SessionID)
	b = append(b, `,"native_session_id":`...)
	b = appendOptional(b, e.NativeSessionID)
	b = append(b, `,"synthetic":`...)
	b = strconv.AppendBool(b, e.Synthetic)
	b = append(b, `,"source":`...)
	b = appendString(b, string(e.Source))
	if e.TurnID != "" {
		b = append(b, `,"turn_id":`...)
		b = appendString(b, e.TurnID)
	}
	b = append(b, `,"type":`...)
	b = appendString(b, e.Type())
	b = append(b, `,"data":`...)
	b, err := appendData(b, e.Data)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.Type(), err)
	}
	b = append(b, `,"raw":`...)
	return append(appendRaw(b, e.Raw), '}'), nil
}

// JoinRaw puts a payload that was stored apart back into an event's JSON, which must end in `"raw":null}`.
func JoinRaw(event, raw []byte) []byte {
	if len(raw) == 0 {
		return event
	}
	joined := make([]byte, 0, len(event)+len(raw))
	joined = append(joined, event[:len(event)-len(`null}`)]...)
	joined = append(joined, raw...)
	return append(joined, '}')
}

// envelope is the event as it is read.
type envelope struct {
	EventID         string          `json:"event_id"`
	Sequence        uint64          `json:"sequence"`
	Time            time.Time       `json:"time"`
	SessionID       string          `json:"session_id"`
	NativeSessionID *string         `json:"native_session_id"`
	Synthetic       bool            `json:"synthetic"`
	Source          EventSource     `json:"source"`
	TurnID          string          `json:"turn_id"`
	Type            string          `json:"type"`
	Data            json.RawMessage `json:"data"`
	Raw             json.RawMessage `json:"raw"`
}

// UnmarshalJSON reads an event; an unknown type gives UnknownData.
func (e *Event) UnmarshalJSON(b []byte) error {
	var w envelope
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	data, err := decodeData(w.Type, w.Data)
	if err != nil {
		return fmt.Errorf("event %s: %w", w.Type, err)
	}
	if string(w.Raw) == "null" {
		w.Raw = nil
	}
	*e = Event{w.EventID, w.Sequence, w.Time, w.SessionID, w.NativeSessionID, w.Synthetic, w.Source, w.TurnID, data, w.Raw}
	return nil
}
