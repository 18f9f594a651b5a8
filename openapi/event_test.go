package openapi

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, data := range samples {
		seen[data.EventType()] = true
		for _, e := range []Event{sample(data), fullSample(data)} {
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatalf("%s: %v", e.Type(), err)
			}
			fits(t, "Event", b)
			var back Event
			if err := json.Unmarshal(b, &back); err != nil {
				t.Fatalf("%s: %v", e.Type(), err)
			}
			if !reflect.DeepEqual(back, e) {
				t.Errorf("%s:\n%+v became\n%+v by\n%s", e.Type(), e, back, b)
			}
		}
	}
	for kind := range eventTypes {
		if !seen[kind] {
			t.Errorf("no sample of %s", kind)
		}
	}
}

// TestRequired: what the document requires is there in the least event too. Generated structs leave out what is empty.
func TestRequired(t *testing.T) {
	t.Parallel()
	for _, data := range samples {
		b, err := json.Marshal(sample(data))
		if err != nil {
			t.Fatal(err)
		}
		keys := keysOf(t, b)
		want := []string{"event_id", "sequence", "time", "session_id", "native_session_id", "synthetic", "source", "type", "data", "raw"}
		if !reflect.DeepEqual(keys, want) {
			t.Errorf("%s: keys %q, want %q", data.EventType(), keys, want)
		}
	}
}

// keysOf are the keys of an object in their order.
func keysOf(t *testing.T, b []byte) []string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

func TestUnknownEvent(t *testing.T) {
	t.Parallel()
	line := `{"event_id":"evt_1","sequence":3,"time":"2026-01-02T15:04:05Z","session_id":"s","native_session_id":null,` +
		`"synthetic":false,"source":"agent","turn_id":"turn_1","type":"weather.changed","data":{"sky":["blue",1]},"raw":null}`
	var e Event
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		t.Fatal(err)
	}
	if e.Type() != "weather.changed" || e.Sequence != 3 {
		t.Errorf("%+v", e)
	}
	again, err := json.Marshal(e)
	if err != nil || string(again) != line {
		t.Errorf("%s, %v", again, err)
	}
}

// TestUnknownFields: what a later version adds to a known type is passed over.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	var e Event
	err := json.Unmarshal([]byte(`{"type":"turn.ended","data":{"phase":"ended","mood":"good"},"colour":"red"}`), &e)
	if err != nil || !reflect.DeepEqual(e.Data, TurnEndedData{Phase: TurnEndedPhaseEnded}) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestBadEvents(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		``, `[]`, `"x"`, `{"sequence":-1}`, `{"sequence":"1"}`, `{"time":"yesterday"}`, `{"type":"error","data":[]}`,
		`{"type":"item.delta"}`, `{"type":"item.completed","data":{"item":{"content":[{"type":"text","text":1}]}}}`,
	} {
		var e Event
		if err := json.Unmarshal([]byte(line), &e); err == nil {
			t.Errorf("%s became %+v", line, e)
		}
	}
}

func TestEventWithoutContentType(t *testing.T) {
	t.Parallel()
	_, err := sample(ItemStartedData{Item: Item{Content: []ContentPart{{}}}}).AppendJSON(nil)
	if err == nil {
		t.Error("a part without a type was written")
	}
}

func TestAppendJSONAppends(t *testing.T) {
	t.Parallel()
	b, err := sample(TurnStartedData{Phase: TurnStartedPhaseStarted}).AppendJSON([]byte("data: "))
	if err != nil || !bytes.HasPrefix(b, []byte(`data: {"event_id":`)) {
		t.Errorf("%s, %v", b, err)
	}
}

// TestTime is written in UTC, without zeros at its end.
func TestTime(t *testing.T) {
	t.Parallel()
	e := sample(ErrorData{})
	for at, want := range map[time.Time]string{
		time.Date(2026, 1, 2, 17, 4, 5, 0, time.FixedZone("", 7200)): `"2026-01-02T15:04:05Z"`,
		time.Date(2026, 1, 2, 15, 4, 5, 120_000_000, time.UTC):       `"2026-01-02T15:04:05.12Z"`,
		time.Date(2026, 1, 2, 15, 4, 5, 1, time.UTC):                 `"2026-01-02T15:04:05.000000001Z"`,
	} {
		e.Time = at
		b, err := e.AppendJSON(nil)
		if err != nil || !bytes.Contains(b, []byte(`"time":`+want)) {
			t.Errorf("%s, %v", b, err)
		}
	}
}

// TestJoinRaw: an event whose payload was stored apart is the event with its payload.
func TestJoinRaw(t *testing.T) {
	t.Parallel()
	for _, data := range samples {
		e := fullSample(data)
		raw := e.Raw
		whole, err := e.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		e.Raw = nil
		bare, err := e.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		before := string(bare)
		if joined := JoinRaw(bare, raw); !bytes.Equal(joined, whole) {
			t.Errorf("joined\n%s\nwant\n%s", joined, whole)
		}
		if string(bare) != before {
			t.Errorf("JoinRaw has changed the event: %s", bare)
		}
		if kept := JoinRaw(bare, nil); string(kept) != before {
			t.Errorf("without a payload: %s", kept)
		}
	}
}

// TestRawIsOneLine: a payload is compacted, and one that is not JSON is left out.
func TestRawIsOneLine(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"{\n  \"a\": [1,\r\n 2]\n}": `{"a":[1,2]}`, `"x"`: `"x"`, ``: `null`, `null`: `null`, `{`: `null`, "not\njson": `null`,
	} {
		e := sample(ErrorData{})
		e.Raw = json.RawMessage(raw)
		b, err := e.AppendJSON(nil)
		if err != nil || !strings.HasSuffix(string(b), `,"raw":`+want+`}`) {
			t.Errorf("%q: %s, %v", raw, b, err)
		}
	}
}
