package protocol

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// node is a value in a definition, with its place.
type node struct {
	place
	yaml *yaml.Node
}

// entry is a key of a mapping with its value. Its place is the key's.
type entry struct {
	key string
	node
}

// entries are a mapping's keys in order, each once. Nothing there counts as an empty mapping.
func (n node) entries() []entry { return n.entriesBy(label) }

func (n node) entriesBy(label func(string) string) []entry {
	if n.isNull() {
		return nil
	}
	if n.yaml.Kind != yaml.MappingNode {
		n.errorf("must be a mapping, not %s", kindOf(n.yaml))
		return nil
	}
	var all []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		key := n.yaml.Content[i]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" {
			n.child("?", key.Line).errorf("a key must be text, not %s", kindOf(key))
			continue
		}
		e := entry{key.Value, node{n.child(label(key.Value), key.Line), n.yaml.Content[i+1]}}
		if seen[e.key] {
			e.errorf("duplicate key: %s", shown(e.key))
			continue
		}
		seen[e.key] = true
		all = append(all, e)
	}
	return all
}

// label is a key as paths have it.
func label(key string) string {
	for _, r := range key {
		if !(r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return strconv.Quote(key)
		}
	}
	return key
}

// items are a list's values.
func (n node) items() []node {
	if n.isNull() {
		return nil
	}
	if n.yaml.Kind != yaml.SequenceNode {
		n.errorf("must be a list, not %s", kindOf(n.yaml))
		return nil
	}
	all := make([]node, len(n.yaml.Content))
	for i, item := range n.yaml.Content {
		all[i] = node{n.child(fmt.Sprintf("[%d]", i), item.Line), item}
	}
	return all
}

// find is a mapping's value by its key, without a look at the rest.
func (n node) find(key string) (node, bool) {
	if n.yaml.Kind != yaml.MappingNode {
		return node{}, false
	}
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		if k := n.yaml.Content[i]; k.Kind == yaml.ScalarNode && k.Value == key {
			return node{n.child(label(key), k.Line), n.yaml.Content[i+1]}, true
		}
	}
	return node{}, false
}

func (n node) isMapping() bool { return n.yaml.Kind == yaml.MappingNode }

func (n node) isNull() bool { return n.yaml.Kind == yaml.ScalarNode && n.yaml.ShortTag() == "!!null" }

func (n node) isText() bool {
	// A date is text to everybody but YAML 1.1.
	return n.yaml.Kind == yaml.ScalarNode && (n.yaml.ShortTag() == "!!str" || n.yaml.ShortTag() == "!!timestamp")
}

// kindOf is what a value is, for people.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	default:
		return scalarKind(n.ShortTag())
	}
}

func scalarKind(tag string) string {
	switch tag {
	case "!!str", "!!timestamp":
		return "text"
	case "!!bool":
		return "a boolean"
	case "!!int", "!!float":
		return "a number"
	case "!!null":
		return "nothing"
	case "!!merge":
		return "a merge"
	default:
		return "a value with the tag " + shown(tag)
	}
}
