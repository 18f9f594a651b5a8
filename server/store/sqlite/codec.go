package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/parleyhq/parley/server/store"
)

// A log row holds the records of one append in two columns, each with its own checksum at the end, because SQLite
// has none: without it a damaged page could reach clients as if it were an event.
//
//	data: for each record  uvarint(len(type)) type  uvarint(len(json)) json    then CRC-32C, little endian
//	raw:  for each record  uvarint(0), or uvarint(len(raw)+1) raw              then CRC-32C; NULL when none has raw
//
// The sequences are not stored: the row's columns last and n say them.

// plain is the only codec so far. Another number is another way to fill data and raw.
const plain = 0

const sumSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A row is one row of the table log, as the database has it.
type row struct {
	last      uint64
	n         int64
	codec     int64
	data, raw []byte
}

// encode returns the columns data and raw of an append. The caller owns both.
func encode(records []store.Record) (data, raw []byte) {
	size, rawSize, hasRaw := sumSize, sumSize, false
	for _, r := range records {
		size += 2*binary.MaxVarintLen32 + len(r.Type) + len(r.JSON)
		rawSize += binary.MaxVarintLen32 + len(r.Raw)
		hasRaw = hasRaw || r.Raw != nil
	}
	data = make([]byte, 0, size)
	for _, r := range records {
		data = append(binary.AppendUvarint(data, uint64(len(r.Type))), r.Type...)
		data = append(binary.AppendUvarint(data, uint64(len(r.JSON))), r.JSON...)
	}
	if hasRaw {
		raw = sum(encodeRaw(make([]byte, 0, rawSize), records))
	}
	return sum(data), raw
}

func encodeRaw(b []byte, records []store.Record) []byte {
	for _, r := range records {
		if r.Raw == nil {
			b = append(b, 0)
			continue
		}
		b = append(binary.AppendUvarint(b, uint64(len(r.Raw))+1), r.Raw...)
	}
	return b
}

func sum(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// decode appends the records of r, at least one, to dst. Their slices share r's memory. It believes nothing: whatever
// is in r, it returns an error, or records whose size is bounded by the size of r.
func decode(dst []store.Record, r *row) ([]store.Record, error) {
	if r.codec != plain {
		return dst, fmt.Errorf("codec %d is unknown to this version", r.codec)
	}
	data, err := summed(r.data)
	if err != nil {
		return dst, fmt.Errorf("events: %w", err)
	}
	// Two bytes are the least that a record takes.
	if r.n < 1 || r.n > int64(len(data)/2) || uint64(r.n) > r.last {
		return dst, fmt.Errorf("%d events in %d bytes up to sequence %d", r.n, len(data), r.last)
	}
	from := len(dst)
	dst = slices.Grow(dst, int(r.n))
	records := dst[from : from+int(r.n)]
	if err := decodeData(records, data, r.last-uint64(r.n)); err != nil {
		return dst, err
	}
	if r.raw != nil {
		if err := decodeRaw(records, r.raw); err != nil {
			return dst, err
		}
	}
	return dst[:from+len(records)], nil
}

func decodeData(records []store.Record, data []byte, after uint64) error {
	var kind string
	for i := range records {
		k, rest, ok := cut(data)
		if !ok {
			return errFraming
		}
		json, rest, ok := cut(rest)
		if !ok {
			return errFraming
		}
		if string(k) != kind { // neighbours mostly have one type: one string serves them all
			kind = string(k)
		}
		records[i] = store.Record{Sequence: after + 1 + uint64(i), Type: kind, JSON: json}
		data = rest
	}
	if len(data) != 0 {
		return errFraming
	}
	return nil
}

func decodeRaw(records []store.Record, raw []byte) error {
	b, err := summed(raw)
	if err != nil {
		return fmt.Errorf("raw payloads: %w", err)
	}
	for i := range records {
		size, width := binary.Uvarint(b)
		if width <= 0 || size > uint64(len(b)-width)+1 {
			return errFraming
		}
		b = b[width:]
		if size == 0 {
			continue
		}
		records[i].Raw, b = b[:size-1:size-1], b[size-1:]
	}
	if len(b) != 0 {
		return errFraming
	}
	return nil
}

var errFraming = errors.New("the lengths inside do not add up")

// cut takes a length and as many bytes from the front of b.
func cut(b []byte) (field, rest []byte, ok bool) {
	size, width := binary.Uvarint(b)
	if width <= 0 || size > uint64(len(b)-width) {
		return nil, nil, false
	}
	end := width + int(size)
	return b[width:end:end], b[end:], true
}

// summed checks and removes the checksum at the end of b.
func summed(b []byte) ([]byte, error) {
	if len(b) < sumSize {
		return nil, errors.New("cut off")
	}
	body := b[:len(b)-sumSize]
	if binary.LittleEndian.Uint32(b[len(body):]) != crc32.Checksum(body, castagnoli) {
		return nil, errors.New("checksum does not match")
	}
	return body, nil
}
