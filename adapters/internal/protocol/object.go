package protocol

import (
	"slices"
	"strings"
)

// keys are the keys that a mapping may have.
type keys struct{ known, refused []string }

// words makes a list of words that are parted by spaces.
func words(s string) []string { return strings.Fields(s) }

// object is a mapping with a fixed set of keys. A key with nothing behind it counts as absent.
type object struct {
	place
	values map[string]node
	broken bool // it is no mapping: what it lacks need not be told
}

// object reads a mapping; other keys than those allowed are faults.
func (n node) object(k keys) object {
	o := object{n.place, map[string]node{}, !n.isMapping() && !n.isNull()}
	for _, e := range n.entries() {
		switch {
		case slices.Contains(k.refused, e.key):
			e.errorf("the key %s is not supported; supported are %s", e.key, listed(k.known))
		case !slices.Contains(k.known, e.key):
			e.unknown("key", e.key, k.known)
		case !e.isNull():
			o.values[e.key] = e.node
		}
	}
	return o
}

func (o object) has(key string) bool {
	_, ok := o.values[key]
	return ok
}

// need is a value that must be there.
func (o object) need(key string) (node, bool) {
	n, ok := o.values[key]
	if !ok && !o.broken {
		o.errorf("%s is missing", key)
	}
	return n, ok
}

func (o object) text(key string) string {
	if n, ok := o.values[key]; ok {
		return n.text()
	}
	return ""
}

// needText is a text that must be there and not empty.
func (o object) needText(key string) string {
	n, ok := o.need(key)
	if !ok {
		return ""
	}
	s := n.text()
	if n.isText() && strings.TrimSpace(s) == "" {
		n.errorf("must not be empty")
	}
	return s
}

func (o object) flag(key string, otherwise bool) bool {
	if n, ok := o.values[key]; ok {
		return n.flag()
	}
	return otherwise
}

// choice is one of several words; otherwise when none is given.
func choice[T ~string](o object, key string, otherwise T, allowed ...T) T {
	n, ok := o.values[key]
	if !ok {
		return otherwise
	}
	word := T(n.text())
	if n.isText() && !slices.Contains(allowed, word) {
		n.unknown(key, string(word), texts(allowed))
	}
	return word
}

func texts[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}
