package protocol

func (h *handler) toolCall(o object) Block {
	b := ToolCall{Output: h.output(o, "output")}
	n, ok := o.need("tool")
	if !ok {
		return b
	}
	t := h.toolNamed(n)
	b.Tool = t.Name
	if t.Name != "" {
		b.Input = h.arguments(o, t)
	}
	return b
}

// arguments reads what a tool is called with.
func (h *handler) arguments(o object, t Tool) []Argument {
	var all []Argument
	given := map[string]bool{}
	if n, ok := o.values["input"]; ok {
		for _, e := range n.entries() {
			given[e.key] = true
			all = append(all, h.argument(e, t))
		}
	}
	for _, f := range t.Parameters.Fields {
		if !given[f.Name] && !f.Optional {
			o.errorf("%s is missing in the input: %s needs it", f.Name, t.Name)
		}
	}
	return all
}

// argument is a variable's name or a literal value.
func (h *handler) argument(e entry, t Tool) Argument {
	a := Argument{Name: e.key}
	f, ok := t.Parameters.Fields.Get(e.key)
	if !ok {
		e.unknown("parameter", e.key, t.Parameters.Fields.names())
		return a
	}
	if e.isText() && h.has(e.yaml.Value) {
		a.Variable = e.yaml.Value
		return a
	}
	if e.isNull() {
		e.errorf("has no value")
	}
	if e.isText() && upperSnake.matches(e.yaml.Value) {
		e.warnf("%s is no variable: it is taken as text", e.yaml.Value)
	}
	a.Value = e.value()
	e.checkValue(a.Value, f.Type)
	return a
}
