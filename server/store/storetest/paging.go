package storetest

import (
	"math"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// uneven is a session whose appends have 1, 7 and 40 events, so that pages begin and end inside of appends.
func uneven(t *testing.T, s store.Store) int {
	t.Helper()
	begin(t, s, "a")
	total := 0
	for _, n := range []int{1, 7, 40, 1, 1, 40, 7} {
		add(t, s, "a", uint64(total), n)
		total += n
	}
	return total
}

// pages reads everything page by page.
func pages(t *testing.T, s store.Store, p store.Page) (all []store.Record, count int) {
	t.Helper()
	for {
		page := read(t, s, "a", uint64(len(all)), p)
		if len(page) == 0 {
			return all, count
		}
		if p.Limit > 0 && len(page) > p.Limit {
			t.Fatalf("a page of %d records, the limit is %d", len(page), p.Limit)
		}
		all, count = append(all, page...), count+1
	}
}

// pageLimit: pages of any size add up to the log, and none but the last is short.
func pageLimit(t *testing.T, s store.Store) {
	total := uneven(t, s)
	for _, limit := range []int{1, 2, 7, 39, 40, 41, total, total + 1} {
		all, count := pages(t, s, store.Page{Limit: limit})
		sameRecords(t, all, records(0, total))
		if want := (total + limit - 1) / limit; count != want {
			t.Errorf("limit %d: %d pages, want %d", limit, count, want)
		}
	}
}

// pageBytes: a page ends with the record that reaches the bound, so even a bound of one byte gets on.
func pageBytes(t *testing.T, s store.Store) {
	total := uneven(t, s)
	for _, bound := range []int{1, 14, 15, 100, 1000, 1 << 20} {
		all, _ := pages(t, s, store.Page{Bytes: bound})
		sameRecords(t, all, records(0, total))
		size := 0
		for i, r := range read(t, s, "a", 3, store.Page{Bytes: bound}) {
			if size >= bound {
				t.Fatalf("bound %d: record %d comes after %d bytes", bound, i, size)
			}
			size += len(r.JSON)
		}
		if size < bound && size < total*len(`{"sequence":1}`)/2 {
			t.Errorf("bound %d: the page stopped at %d bytes", bound, size)
		}
	}
	if page := read(t, s, "a", 0, store.Page{Limit: 3, Bytes: 1 << 20}); len(page) != 3 {
		t.Errorf("with both bounds the page has %d records, want 3", len(page))
	}
}

// pageRaw: raw payloads come only when asked for, and only then count.
func pageRaw(t *testing.T, s store.Store) {
	begin(t, s, "a")
	with := records(0, 6)
	for i := range with {
		if i != 2 {
			with[i].Raw = make([]byte, 1000)
		}
	}
	commit(t, s, store.Commit{Session: "a", At: epoch, Records: with})
	sameRecords(t, read(t, s, "a", 0, store.Page{}), records(0, 6))
	sameRecords(t, read(t, s, "a", 0, store.Page{Raw: true}), with)
	sameRecords(t, read(t, s, "a", 1, store.Page{Raw: true, Limit: 2}), with[1:3])
	if page := read(t, s, "a", 0, store.Page{Raw: true, Bytes: 2000}); len(page) != 2 {
		t.Errorf("raw counts: a page of 2000 bytes has %d records, want 2", len(page))
	}
	if page := read(t, s, "a", 0, store.Page{Bytes: 2000}); len(page) != 6 {
		t.Errorf("raw that is not filled does not count: the page has %d records, want 6", len(page))
	}
}

// pageEnd: past the end there is nothing, and that is no error.
func pageEnd(t *testing.T, s store.Store) {
	begin(t, s, "empty")
	total := uint64(uneven(t, s))
	for _, after := range []uint64{total, total + 1, math.MaxInt64, math.MaxUint64} {
		if page := read(t, s, "a", after, store.Page{Limit: 5}); len(page) != 0 {
			t.Errorf("after %d: %d records", after, len(page))
		}
		if page := read(t, s, "empty", after, store.Page{}); len(page) != 0 {
			t.Errorf("empty session after %d: %d records", after, len(page))
		}
	}
	holds(t, s, "empty", 0)
}
