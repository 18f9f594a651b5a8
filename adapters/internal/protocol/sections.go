package protocol

var (
	triggerKeys = keys{known: words("description input")}
	toolKeys    = keys{known: words("description title display parameters")}
)

func (p *parser) triggers(section node) {
	for _, e := range section.entries() {
		kebab.check(e.place, "trigger", e.key)
		o := e.object(triggerKeys)
		t := Trigger{Name: e.key, Description: o.text("description")}
		if n, ok := o.values["input"]; ok {
			t.Input = p.fields(n, triggered)
		}
		p.agent.Triggers[e.key] = t
		p.triggerNames = append(p.triggerNames, e.key)
		p.triggerPlaces = append(p.triggerPlaces, e.place)
	}
}

// unhandled finds triggers without a handler.
func (p *parser) unhandled(o object) {
	if len(p.triggerNames) == 0 {
		o.warnf("there are no triggers: nothing invokes the agent")
	}
	for i, name := range p.triggerNames {
		if !p.handled[name] {
			p.triggerPlaces[i].errorf("has no handler: handlers.%s is missing", label(name))
		}
	}
}

func (p *parser) tools(section node) {
	for _, e := range section.entries() {
		kebab.check(e.place, "tool", e.key)
		p.agent.Tools[e.key] = p.tool(e)
		p.toolNames = append(p.toolNames, e.key)
	}
}

func (p *parser) tool(e entry) Tool {
	o := e.object(toolKeys)
	t := Tool{
		Name:        e.key,
		Description: o.needText("description"),
		Title:       o.text("title"),
		Display:     display(o, DisplayDescription),
		Parameters:  newObject("", nil),
	}
	if n, ok := o.values["parameters"]; ok {
		t.Parameters = newObject("", p.fields(n, parameters))
	}
	if t.Parameters.weight() > maxWeight {
		o.errorf("the parameters are too big: written out they have more than %d parts", maxWeight)
	}
	if t.Display == DisplayTitle && t.Title == "" {
		o.errorf("title is missing: display: title shows it")
	}
	return t
}

func display(o object, otherwise Display) Display {
	return choice(o, "display", otherwise, DisplayHidden, DisplayName, DisplayDescription, DisplayStream, DisplayTitle)
}
