package sqlite

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// TestDecodeDistrusts: every single damaged byte of a row is noticed.
func TestDecodeDistrusts(t *testing.T) {
	t.Parallel()
	data, raw := encode([]store.Record{
		{Sequence: 8, Type: "a", JSON: []byte(`{"x":1}`), Raw: []byte("raw")}, {Sequence: 9, Type: "b"},
	})
	good := row{last: 9, n: 2, codec: plain, data: data, raw: raw}
	if records, err := decode(nil, &good); err != nil || len(records) != 2 || records[0].Sequence != 8 {
		t.Fatalf("%v, %v", records, err)
	}
	for _, b := range [][]byte{data, raw} {
		for i := range b {
			b[i] ^= 4
			if _, err := decode(nil, &good); err == nil {
				t.Errorf("byte %d can be damaged unnoticed", i)
			}
			b[i] ^= 4
		}
	}
	for _, bad := range []row{
		{last: 9, n: 1, data: data}, {last: 9, n: 3, data: data}, {last: 9, n: 0, data: data}, {last: 9, n: -1, data: data},
		{last: 9, n: math.MaxInt64, data: data}, {last: 1, n: 2, data: data}, {last: 9, n: 2, codec: 1, data: data},
		{last: 9, n: 2}, {last: 9, n: 2, data: data[:3]}, {last: 9, n: 2, data: data, raw: data}, {last: 9, n: 2, data: data, raw: []byte{}},
	} {
		if records, err := decode(nil, &bad); err == nil {
			t.Errorf("%+v gives %v", bad, records)
		}
	}
}

// FuzzDecode: whatever is in a row, decoding it does not panic and gives no more than there is; what it accepts, it
// gives again after encoding.
func FuzzDecode(f *testing.F) {
	data, raw := encode([]store.Record{{Type: "item.delta", JSON: []byte("{}"), Raw: []byte("r")}, {Type: "x"}, {Raw: []byte{}}})
	f.Add(uint64(3), int64(3), int64(plain), data, raw, false)
	f.Add(uint64(3), int64(3), int64(plain), data, raw, true)
	f.Add(uint64(9), int64(1), int64(plain), sum(binary.AppendUvarint(nil, math.MaxUint64)), []byte(nil), false)
	f.Add(uint64(1), int64(math.MaxInt64), int64(plain), []byte("short"), []byte(nil), true)
	f.Fuzz(func(t *testing.T, last uint64, n, codec int64, data, raw []byte, sums bool) {
		if sums { // get past the checksums, to what they protect
			data = sum(bytes.Clone(data))
			if raw != nil {
				raw = sum(bytes.Clone(raw))
			}
		}
		records, err := decode(nil, &row{last: last, n: n, codec: codec, data: data, raw: raw})
		if err != nil {
			return
		}
		size := 0
		for i, r := range records {
			if r.Sequence != last-uint64(n)+1+uint64(i) {
				t.Fatalf("record %d of %d up to %d has sequence %d", i, n, last, r.Sequence)
			}
			size += len(r.Type) + len(r.JSON) + len(r.Raw)
		}
		if len(records) == 0 || int64(len(records)) != n || size > len(data)+len(raw) {
			t.Fatalf("%d records of %d bytes out of a row of %d with %d bytes", len(records), size, n, len(data)+len(raw))
		}
		again(t, records)
	})
}

func again(t *testing.T, records []store.Record) {
	t.Helper()
	data, raw := encode(records)
	back, err := decode(nil, &row{last: records[len(records)-1].Sequence, n: int64(len(records)), data: data, raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records {
		b := back[i]
		if b.Sequence != r.Sequence || b.Type != r.Type || !bytes.Equal(b.JSON, r.JSON) || !bytes.Equal(b.Raw, r.Raw) ||
			(b.Raw == nil) != (r.Raw == nil) {
			t.Fatalf("record %d is %+v, was %+v", i, b, r)
		}
	}
}
