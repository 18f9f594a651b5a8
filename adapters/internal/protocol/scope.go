package protocol

import "slices"

// scope is the variables that a part of the definition can use.
type scope struct {
	outer   *scope            // whose variables it has, too
	section map[string]string // where each is declared
	names   []string          // in order
}

// in is the section that declares a variable; empty when none does.
func (s *scope) in(name string) string {
	if section := s.section[name]; section != "" || s.outer == nil {
		return section
	}
	return s.outer.in(name)
}

func (s *scope) has(name string) bool { return s.in(name) != "" }

func (s *scope) all() []string {
	if s.outer == nil {
		return s.names
	}
	return slices.Concat(s.outer.all(), s.names)
}

// declare adds a variable of a section.
func (s *scope) declare(at place, section, name string) {
	if other := s.section[name]; other != "" {
		at.errorf("%s is declared twice: in %s, too", shown(name), other)
		return
	}
	s.section[name] = section
	s.names = append(s.names, name)
}

// with is the scope with a trigger's own input.
func (s *scope) with(trigger Trigger) *scope {
	inner := &scope{outer: s, section: map[string]string{}, names: trigger.Input.names()}
	for _, name := range inner.names {
		inner.section[name] = "triggers." + trigger.Name + ".input"
	}
	return inner
}

// variable is a value that names a variable.
func (s *scope) variable(n node) string {
	name := n.text()
	if n.isText() && !s.has(name) {
		n.unknown("variable", name, s.all())
	}
	return name
}

// optional is a key whose value names a variable.
func (s *scope) optional(o object, key string) string {
	if n, ok := o.values[key]; ok {
		return s.variable(n)
	}
	return ""
}

// output is a key whose value names the variable that gets a result.
func (p *parser) output(o object, key string) string {
	n, ok := o.values[key]
	if !ok {
		return ""
	}
	name := n.text()
	switch {
	case !n.isText() || p.agent.Variables.has(name):
	case p.session.has(name):
		n.errorf("%s is declared in %s: an output is a variable of the section variables", shown(name), p.session.in(name))
	default:
		n.unknown("variable", name, p.agent.Variables.names())
	}
	return name
}

// bindings are the variables that a prompt sees: a list of names and of mappings NAME: VARIABLE, or one mapping.
func (s *scope) bindings(o object) Bindings {
	n, ok := o.values["input"]
	if !ok {
		return nil
	}
	b := binder{scope: s, seen: map[string]bool{}}
	if n.isMapping() {
		b.mapping(n)
		return b.all
	}
	for _, item := range n.items() {
		if item.isMapping() {
			b.mapping(item)
			continue
		}
		b.bind(item.place, s.variable(item), item)
	}
	return b.all
}

type binder struct {
	*scope
	seen map[string]bool
	all  Bindings
}

func (b *binder) mapping(n node) {
	for _, e := range n.entries() {
		if upperSnake.check(e.place, "variable", e.key) {
			b.variable(e.node)
			b.bind(e.place, e.key, e.node)
		}
	}
}

func (b *binder) bind(at place, name string, variable node) {
	if b.seen[name] {
		at.errorf("listed twice: %s", shown(name))
	}
	b.seen[name] = true
	b.all = append(b.all, Binding{name, variable.yaml.Value})
}
