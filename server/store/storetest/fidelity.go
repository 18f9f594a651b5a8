package storetest

import (
	"bytes"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// fidelity: bytes come back as they were given, whatever they are.
func fidelity(t *testing.T, s store.Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	want := []store.Record{
		{Type: "empty", JSON: []byte{}},
		{Type: "", JSON: []byte("{}")},
		{Type: "none", JSON: []byte("null"), Raw: nil},
		{Type: "hollow", JSON: []byte("null"), Raw: []byte{}},
		{Type: "binary", JSON: []byte(`{"a": 1 }`), Raw: every},
		{Type: "ünïcode", JSON: []byte(" {\n\t\"a\":\"\u2028\\u0000\"}\n"), Raw: []byte("\x00")},
		{Type: "long", JSON: bytes.Repeat([]byte("long "), 5000), Raw: bytes.Repeat(every, 40)},
	}
	for i := range want {
		want[i].Sequence = uint64(i) + 1
	}
	begin(t, s, "together")
	commit(t, s, store.Commit{Session: "together", At: epoch, Records: want})
	sameRecords(t, read(t, s, "together", 0, store.Page{Raw: true}), want)
	begin(t, s, "alone")
	for i := range want {
		commit(t, s, store.Commit{Session: "alone", At: epoch, After: uint64(i), Records: want[i : i+1]})
	}
	sameRecords(t, read(t, s, "alone", 0, store.Page{Raw: true}), want)
}

// largeRecord: an event may be as large as the largest line that an agent may send, between small ones.
func largeRecord(t *testing.T, s store.Store) {
	begin(t, s, "a")
	want := records(0, 5)
	want[1].JSON = bytes.Repeat([]byte(`{"x":1234},`), 10<<20/11)
	want[3].Raw = bytes.Repeat([]byte{0, 1, 2, 255}, 10<<20/4)
	commit(t, s, store.Commit{Session: "a", At: epoch, Records: want[:3]})
	commit(t, s, store.Commit{Session: "a", At: epoch, After: 3, Records: want[3:]})
	sameRecords(t, read(t, s, "a", 0, store.Page{Raw: true}), want)
	sameRecords(t, read(t, s, "a", 1, store.Page{Raw: true, Limit: 1}), want[1:2])
}

// names: any non-empty text is an id, and ids are compared byte by byte.
func names(t *testing.T, s store.Store) {
	long := string(bytes.Repeat([]byte("long"), 3000))
	all := []string{"a", "A", "a ", "a/b", "a%2Fb", "a?b#c", "ä", "a\u0308", "\x00", "a\x00b", "\xff\xfe", "'; --", long}
	for _, id := range all {
		begin(t, s, id)
		add(t, s, id, 0, len(id)%7+1)
	}
	for _, id := range all {
		if got := row(t, s, id).ID; got != id {
			t.Errorf("session %.40q calls itself %.40q", id, got)
		}
		holds(t, s, id, len(id)%7+1)
	}
}

// ownership: what was passed in may be changed afterwards, and what came out may be changed too.
func ownership(t *testing.T, s store.Store) {
	first := newSession(t, s, "a")
	in := records(0, 3)
	in[1].Raw = []byte("raw")
	st := store.State{Data: []byte("state")}
	r := store.Receipt{Scope: "s", Key: "k", Hash: []byte("hash"), Answer: []byte("answer"), Created: epoch}
	commit(t, s, store.Commit{Session: "a", At: epoch, Create: first, Records: in, State: &st, Receipt: &r})
	want := row(t, s, "a")
	for _, b := range [][]byte{first.Data, in[0].JSON, in[1].Raw, st.Data, r.Hash, r.Answer} {
		clear(b)
	}
	for range 2 {
		got := row(t, s, "a")
		sameSession(t, got, want)
		clear(got.Data)
		clear(got.State.Data)
		page := read(t, s, "a", 0, store.Page{Raw: true})
		if string(page[0].JSON) != `{"sequence":1}` || string(page[1].Raw) != "raw" {
			t.Fatalf("records changed to %q %q", page[0].JSON, page[1].Raw)
		}
		clear(page[0].JSON)
		clear(page[1].Raw)
		_ = append(page[0].JSON, "over the next one"...)
		answer, err := s.Receipt(t.Context(), "s", "k")
		if err != nil || string(answer.Answer) != "answer" || string(answer.Hash) != "hash" {
			t.Fatalf("receipt changed to %q %q, %v", answer.Answer, answer.Hash, err)
		}
		clear(answer.Answer)
		clear(answer.Hash)
	}
}
