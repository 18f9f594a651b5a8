package uistream

import (
	"maps"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// rollBack drops what came after a message; nil drops all.
func (m *Messages) rollBack(after *string) {
	keep := 0
	if after != nil {
		i := m.find(*after)
		if i < 0 {
			return
		}
		keep = i + 1
	}
	m.list = m.list[:keep]
	maps.DeleteFunc(m.fired, func(_ string, at int) bool { return at >= keep })
}

// Has says whether there is a message of this id.
func (m *Messages) Has(id string) bool { return m.find(id) >= 0 }

func (m *Messages) find(id string) int {
	return slices.IndexFunc(m.list, func(x *message) bool { return x.id() == id })
}

// Before gives the message up to which all must be kept to take back what the user has said under an id; nil when nothing is to
// be kept. The id is the list's, or the one under which a client fired a trigger. False when nothing was said under it.
func (m *Messages) Before(id string) (after *string, said bool) {
	at, fired := m.fired[id]
	if !fired {
		at = slices.IndexFunc(m.list, func(x *message) bool { return x.Role == openapi.UIMessageRoleUser && x.ID == id })
	}
	if at < 0 {
		return nil, false
	}
	if at > 0 {
		after = new(m.list[at-1].id())
	}
	return after, true
}
