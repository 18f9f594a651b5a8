package uistream

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// ID is the place of a UI event: the event of the log that it comes of, and its place among what comes of that event. The
// zero ID is before all others.
type ID struct {
	Sequence uint64
	Index    int
}

// String writes the id as it stands in a stream: SEQUENCE.INDEX.
func (id ID) String() string {
	return strconv.FormatUint(id.Sequence, 10) + "." + strconv.Itoa(id.Index)
}

// ParseID reads what String has written.
func ParseID(s string) (ID, error) {
	sequence, index, _ := strings.Cut(s, ".")
	q, err := strconv.ParseUint(sequence, 10, 64)
	if err != nil {
		return ID{}, fmt.Errorf("event id %.40q is not SEQUENCE.INDEX", s)
	}
	i, err := strconv.ParseUint(index, 10, 31)
	if err != nil {
		return ID{}, fmt.Errorf("event id %.40q is not SEQUENCE.INDEX", s)
	}
	return ID{q, int(i)}, nil
}

// After says whether the event comes after the one that other names.
func (id ID) After(other ID) bool {
	return cmp.Or(cmp.Compare(id.Sequence, other.Sequence), cmp.Compare(id.Index, other.Index)) > 0
}
