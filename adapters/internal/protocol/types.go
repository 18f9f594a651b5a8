package protocol

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// named is a type of the section types while it is read.
type named struct {
	node
	read Type // nil until it is
	open bool // being read: who needs it now is part of it
}

var builtins = []string{"string", "number", "integer", "boolean", "unknown", "file"}

// types reads the section. Types may be used above where they are defined.
func (p *parser) types(section node) {
	entries := section.entries()
	for _, e := range entries {
		if pascal.check(e.place, "type", e.key) {
			p.named[e.key] = &named{node: e.node}
			p.typeNames = append(p.typeNames, e.key)
		}
	}
	for _, name := range p.typeNames {
		p.agent.Types[name] = p.typeNamed(p.named[name].place, name)
	}
}

// typeNamed is a type of the section types, which is read when it is needed first.
func (p *parser) typeNamed(from place, name string) Type {
	t := p.named[name]
	switch {
	case t.read != nil:
		return t.read
	case t.open:
		p.recursive(from, name)
		return Unknown
	case len(p.reading) > maxWeight: // the outermost of them is found to be too big then
		return Unknown
	}
	t.open = true
	p.reading = append(p.reading, name)
	t.read = p.define(name, t.node)
	p.reading = p.reading[:len(p.reading)-1]
	t.open = false
	if t.read.weight() > maxWeight {
		t.errorf("the type %s is too big: written out it has more than %d parts", name, maxWeight)
		t.read = Unknown
	}
	return t.read
}

func (p *parser) recursive(from place, name string) {
	path := append(slices.Clone(p.reading[slices.Index(p.reading, name):]), name)
	from.errorf("the type %s contains itself: %s", name, strings.Join(path, " → "))
}

// define reads a type by its shape. An object may have properties of the names type and anyOf: those are mappings.
func (p *parser) define(name string, n node) Type {
	if anyOf, ok := n.find("anyOf"); ok && anyOf.yaml.Kind != yaml.MappingNode {
		return p.union(name, n)
	}
	if kind, ok := n.find("type"); ok && kind.yaml.Kind != yaml.MappingNode {
		return p.listType(n)
	}
	return newObject(name, p.fields(n, members))
}

var listKeys = keys{known: words("type items description")}

// listType is a named array.
func (p *parser) listType(n node) Type {
	if kind, _ := n.find("type"); kind.yaml.Value != "array" {
		kind.errorf("a type is an object (its properties), an array (type: array, items) or a union (anyOf, discriminator)")
		return Unknown
	}
	o := n.object(listKeys)
	array := newArray(p.itemType(o))
	array.Description = o.text("description")
	return array
}

var itemKeys = keys{known: words("type items")}

func (p *parser) itemType(o object) Type {
	items, ok := o.need("items")
	if !ok {
		return Unknown
	}
	return p.typeIn(items.object(itemKeys))
}

// typeIn is the type that the keys type and items give.
func (p *parser) typeIn(o object) Type {
	n, ok := o.need("type")
	if !ok {
		return Unknown
	}
	if n.isText() && n.yaml.Value == "array" {
		return newArray(p.itemType(o))
	}
	if items, ok := o.values["items"]; ok {
		items.errorf("only type: array has items")
	}
	return p.typeOf(n, n.text())
}

// typeOf is a type by its name, which may end with [].
func (p *parser) typeOf(n node, name string) Type {
	base := strings.TrimRight(name, "[]")
	depth := (len(name) - len(base)) / 2
	if name != base+strings.Repeat("[]", depth) {
		base, depth = name, 0
	}
	t := p.baseType(n, base)
	for range min(depth, maxWeight) {
		t = newArray(t)
	}
	if t.weight() > maxWeight {
		n.errorf("the type %s is too big", shown(name))
		return Unknown
	}
	return t
}

// exists says that a type of that name can be used, be there something wrong with it or not.
func (p *parser) exists(name string) bool {
	base := strings.TrimRight(name, "[]")
	return slices.Contains(builtins, base) || p.named[base] != nil
}

func (p *parser) baseType(n node, name string) Type {
	switch {
	case name == "file":
		return File
	case slices.Contains(builtins, name):
		return Builtin(name)
	case p.named[name] != nil:
		return p.typeNamed(n.place, name)
	case name != "":
		n.unknown("type", name, slices.Concat(builtins, p.typeNames))
	}
	return Unknown
}
