package protocol

// declaration is how fields of one kind are written.
type declaration struct {
	what  string // one of them is, for people
	style style
	keys  keys
	// untyped says that the type may be left out.
	untyped bool
	// state says that nobody gives a value: there may be none.
	state bool
	// declare is told of each name; nil = the names are no variables.
	declare func(p *parser, at place, name string)
}

var (
	inputs = declaration{
		what: "variable", style: upperSnake, declare: session("input"),
		keys: keys{known: words("type description optional default enum items")},
	}
	resources = declaration{
		what: "resource", style: upperSnake, declare: session("resources"), untyped: true, state: true,
		keys: keys{known: words("type description default readonly items")},
	}
	variables = declaration{
		what: "variable", style: upperSnake, declare: session("variables"), state: true,
		keys: keys{known: words("type description default items")},
	}
	triggered = declaration{
		what: "variable", style: upperSnake, declare: (*parser).hides,
		keys: inputs.keys,
	}
	parameters = declaration{
		what: "parameter", style: camel,
		keys: keys{known: words("type description optional enum items")},
	}
	members = declaration{
		what: "property", style: camel,
		keys: keys{known: words("type description optional enum const items")},
	}
)

// session declares variables of a section, which every handler sees.
func session(section string) func(*parser, place, string) {
	return func(p *parser, at place, name string) { p.session.declare(at, section, name) }
}

// hides finds variables of the session that a trigger's input hides.
func (p *parser) hides(at place, name string) {
	if section := p.session.in(name); section != "" {
		at.warnf("hides %s of the section %s", shown(name), section)
	}
}

func (p *parser) fields(n node, d declaration) Fields {
	var all Fields
	for _, e := range n.entries() {
		d.style.check(e.place, d.what, e.key)
		all = append(all, p.field(e, d))
		if d.declare != nil {
			d.declare(p, e.place, e.key)
		}
	}
	return all
}

func (p *parser) field(e entry, d declaration) Field {
	o := e.object(d.keys)
	f := Field{
		Name:        e.key,
		Type:        Unknown,
		Description: o.text("description"),
		Optional:    o.flag("optional", d.state),
		Readonly:    o.flag("readonly", false),
	}
	if o.has("type") || !d.untyped {
		f.Type = p.typeIn(o)
	}
	f.Type = literals(o, f.Type)
	if n, ok := o.values["default"]; ok {
		f.Default = n.value()
		n.checkValue(f.Default, f.Type)
	}
	return f
}

// checkValue checks a value of the definition itself.
func (n node) checkValue(v any, t Type) {
	if err := Check(v, t); err != nil && v != nil {
		n.errorf("%v", err)
	}
}

// literals narrows a type to the values of enum or const.
func literals(o object, t Type) Type {
	if n, ok := o.values["const"]; ok {
		if o.has("enum") {
			n.errorf("a property has either enum or const")
		}
		return constant(n, t)
	}
	if n, ok := o.values["enum"]; ok {
		return enum(n, t)
	}
	return t
}

func constant(n node, t Type) Type {
	b, ok := t.(Builtin)
	if !ok || b == Unknown {
		n.errorf("only string, number, integer and boolean can have a const")
		return t
	}
	v := n.value()
	n.checkValue(v, b)
	return &Enum{Of: b, Values: []any{v}}
}

func enum(n node, t Type) Type {
	if t != String {
		n.errorf("only string can have an enum")
		return t
	}
	e := &Enum{Of: String}
	for _, word := range n.set() {
		e.Values = append(e.Values, word.yaml.Value)
	}
	if len(e.Values) == 0 {
		n.errorf("must list at least one value")
	}
	return e
}
