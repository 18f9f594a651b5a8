package protocol

var unionKeys = keys{known: words("anyOf discriminator description")}

// union reads one of several object types.
func (p *parser) union(name string, n node) Type {
	o := n.object(unionKeys)
	u := &Union{Name: name, Discriminator: o.needText("discriminator"), Description: o.text("description"), size: 1}
	list, ok := o.need("anyOf")
	if !ok {
		return Unknown
	}
	items := list.items()
	for _, item := range items {
		if v, ok := p.typeOf(item, item.text()).(*Object); ok && v != File {
			u.add(item, v)
		} else if p.exists(item.yaml.Value) {
			item.errorf("%s is no object type: a union is one of several objects", item.yaml.Value)
		}
	}
	if len(items) < 2 {
		list.errorf("must name at least 2 types")
	}
	return u
}

// add adds a variant that its discriminator tells apart from the others.
func (u *Union) add(item node, v *Object) {
	tag := v.constant(u.Discriminator)
	if tag == nil && u.Discriminator != "" {
		item.errorf("%s needs a property %s with a const: it is the discriminator", v.Name, shown(u.Discriminator))
	}
	for _, other := range u.Variants {
		if tag != nil && same(tag, other.constant(u.Discriminator)) {
			item.errorf("%s and %s have the same %s: %s", other.Name, v.Name, shown(u.Discriminator), literal(tag))
		}
	}
	u.Variants = append(u.Variants, v)
	u.size = heavier(u.size, v.weight())
}
