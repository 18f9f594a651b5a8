package protocol

import (
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// text is a value that must be text; empty when it is none.
func (n node) text() string {
	if !n.isText() {
		n.errorf("must be text, not %s%s", kindOf(n.yaml), quoteHint(n.yaml))
		return ""
	}
	return n.yaml.Value
}

// set is a list of texts, each once.
func (n node) set() []node {
	var all []node
	seen := map[string]bool{}
	for _, item := range n.items() {
		word := item.text()
		if seen[word] && item.isText() {
			item.errorf("listed twice: %s", shown(word))
		} else if item.isText() {
			all = append(all, item)
		}
		seen[word] = true
	}
	return all
}

// quoteHint is for numbers and booleans that were meant as text.
func quoteHint(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" {
		return ": write it in quotes"
	}
	return ""
}

// flag is a value that must be true or false.
func (n node) flag() bool {
	var b bool
	if n.yaml.Kind != yaml.ScalarNode || n.yaml.ShortTag() != "!!bool" {
		n.errorf("must be true or false, not %s", kindOf(n.yaml))
	} else if err := n.yaml.Decode(&b); err != nil {
		n.errorf("must be true or false: %v", err)
	}
	return b
}

// value is any value, as encoding/json decodes it with UseNumber; nil when it is none.
func (n node) value() any {
	switch {
	case n.isText():
		return n.yaml.Value
	case n.isNull():
		return nil
	case n.yaml.Kind == yaml.MappingNode:
		all := map[string]any{}
		for _, e := range n.entries() {
			all[e.key] = e.value()
		}
		return all
	case n.yaml.Kind == yaml.SequenceNode:
		all := []any{}
		for _, item := range n.items() {
			all = append(all, item.value())
		}
		return all
	}
	return n.scalar()
}

// scalar is a boolean or a number.
func (n node) scalar() any {
	switch n.yaml.ShortTag() {
	case "!!bool":
		return n.flag()
	case "!!int", "!!float":
		if number, err := numberOf(n.yaml); err == nil {
			return number
		}
		n.errorf("is no number that JSON has: %s", shown(n.yaml.Value))
	default:
		n.errorf("must be a plain value, not %s", kindOf(n.yaml))
	}
	return nil
}

// numberOf reads a number as YAML writes it; JSON has neither infinity nor other bases.
func numberOf(n *yaml.Node) (json.Number, error) {
	var v any
	if err := n.Decode(&v); err != nil {
		return "", err
	}
	text, err := json.Marshal(v)
	return json.Number(text), err
}
