package openapi

import (
	"bytes"
	"encoding/json"
	"testing"
)

var texts = []string{
	"", "plain", "\"quoted\" \\ back", "line\nline\r\n\ttab", "\x00\x01\x1f\x7f", "<b>&amp;</b>", "ü 👩‍👩‍👧 \u2028\u2029 \ufeff \ufffd",
	"\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "é\xffé", "\u2028\xe2\x80",
}

func FuzzAppendString(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := appendString([]byte("x"), s)[1:]
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if decoded(t, got) != decoded(t, want) {
			t.Errorf("%q is written %s, want %s", s, got, want)
		}
		oneLine(t, got)
	})
}

// FuzzDelta writes a delta, which is encoded by hand, as encoding/json writes it.
func FuzzDelta(f *testing.F) {
	for i, s := range texts {
		f.Add(s, texts[len(texts)-1-i], "native", i%2 == 0, string(DeltaPartReasoning))
	}
	f.Fuzz(func(t *testing.T, delta, item, native string, named bool, part string) {
		d := ItemDeltaData{ItemID: item, Delta: delta, Part: DeltaPart(part)}
		if named {
			d.NativeItemID = &native
		}
		got, err := appendData(nil, d)
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, got, want)
		oneLine(t, got)
	})
}

// FuzzEnvelope: whatever an event says, it is one line of JSON that is read back as it was.
func FuzzEnvelope(f *testing.F) {
	for i, s := range texts {
		f.Add(s, texts[len(texts)-1-i], uint64(i), []byte(`{"raw": 1}`))
	}
	f.Fuzz(func(t *testing.T, a, b string, sequence uint64, raw []byte) {
		e := sample(ItemDeltaData{ItemID: a, Delta: b})
		e.EventID, e.SessionID, e.NativeSessionID, e.TurnID, e.Sequence, e.Raw = a, b, &a, b, sequence, raw
		line, err := e.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		oneLine(t, line)
		var back Event
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		again, err := back.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, again, line) // what was no UTF-8 is another character now, and no escape any more
	})
}

// FuzzEvent: no bytes can make the reader panic, and what was read can be written and read again.
func FuzzEvent(f *testing.F) {
	for _, data := range samples {
		b, err := fullSample(data).AppendJSON(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"type":"new","data":{"a":1}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var e Event
		if json.Unmarshal(line, &e) != nil {
			return
		}
		if unknown, ok := e.Data.(UnknownData); ok && unknown.JSON == nil {
			return // without the data that every event has
		}
		again, err := e.AppendJSON(nil)
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		oneLine(t, again)
		var back Event
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
	})
}

func BenchmarkDelta(b *testing.B) {
	e := sample(ItemDeltaData{ItemID: "itm_2", NativeItemID: new("msg_1"), Delta: "some words "})
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.AppendJSON(buffer[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

func decoded(t *testing.T, b []byte) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return s
}

// equal compares two objects by what they say.
func equal(t *testing.T, a, b []byte) {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatalf("%v: %s", err, a)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	if !bytes.Equal(p, q) {
		t.Errorf("%s is not %s", a, b)
	}
}

// oneLine says that a line can stand in a stream of server-sent events, and in JavaScript.
func oneLine(t *testing.T, b []byte) {
	t.Helper()
	if !json.Valid(b) || bytes.ContainsAny(b, "\r\n\x00") {
		t.Errorf("not one line of JSON: %q", b)
	}
}
