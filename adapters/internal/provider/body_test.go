package provider

import (
	"strings"
	"testing"
)

// The length of an event does not depend on how it comes in pieces.
func TestEventsAreMeasured(t *testing.T) {
	t.Parallel()
	const half = MaxEvent/2 - 100
	long := strings.Repeat("x", half)
	cases := map[string]bool{
		"data: " + long + "\n\ndata: " + long + "\n\ndata: " + long + "\n\n":             true,
		"data: " + long + "\r\n\r\ndata: " + long + "\r\n\r\ndata: " + long + "\r\n\r\n": true,
		"\n\n\ndata: " + long + "\n\n\n\ndata: " + long + "\n\ndata: " + long:            true,
		"data: " + long + "\ndata: " + long + "\ndata: " + long + "\n\n":                 false,
		"data: " + long + "\n\ndata: " + long + long + "\n\n":                            true,
		"data: " + long + "\n\ndata: " + long + long + strings.Repeat("x", 300) + "\n\n": false,
	}
	for stream, fits := range cases {
		for _, size := range []int{len(stream), 1 << 20, 7919} {
			b := &body{}
			var err error
			for rest := stream; rest != "" && err == nil; rest = rest[min(size, len(rest)):] {
				err = b.count([]byte(rest[:min(size, len(rest))]))
			}
			if (err == nil) != fits {
				t.Errorf("%d bytes in pieces of %d: %v", len(stream), size, err)
			}
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	b := &body{}
	event := []byte("data: " + strings.Repeat("x", 1<<20) + "\n\n")
	for read := 0; ; read += len(event) {
		if err := b.count(event); err != nil {
			if read+len(event) <= maxAnswer {
				t.Errorf("%v after %d bytes", err, read)
			}
			return
		}
		if read > maxAnswer {
			t.Fatal("no bound")
		}
	}
}
