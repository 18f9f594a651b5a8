package uistream_test

import (
	"testing"

	"github.com/parleyhq/parley/server/uistream"
)

func TestParseID(t *testing.T) {
	t.Parallel()
	for _, id := range []uistream.ID{{}, {Sequence: 1}, {Sequence: 12, Index: 3}, {Sequence: 1<<64 - 1, Index: 1<<31 - 1}} {
		if got, err := uistream.ParseID(id.String()); err != nil || got != id {
			t.Errorf("%s is read as %v: %v", id, got, err)
		}
	}
	for _, s := range []string{"", "1", "1.", ".1", "1.2.3", "-1.0", "1.-1", "+1.0", "1 .0", "a.b", "1.4294967296", "18446744073709551616.0"} {
		if got, err := uistream.ParseID(s); err == nil {
			t.Errorf("%q is read as %v", s, got)
		}
	}
}

func TestIDAfter(t *testing.T) {
	t.Parallel()
	ordered := []uistream.ID{{}, {Index: 1}, {Sequence: 1}, {Sequence: 1, Index: 10}, {Sequence: 2, Index: 9}, {Sequence: 10}}
	for i, a := range ordered {
		for k, b := range ordered {
			if a.After(b) != (i > k) {
				t.Errorf("%s after %s is %t", a, b, a.After(b))
			}
		}
	}
}
