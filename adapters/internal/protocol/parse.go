package protocol

// parser reads one definition. What it reads later refers to what it has read before: types, then what is declared, then
// what uses it.
type parser struct {
	faultLog
	agent *Agent

	named     map[string]*named // the section types
	typeNames []string
	reading   []string // types that are being read, the outermost first

	session       scope // what every handler sees
	triggerNames  []string
	triggerPlaces []place
	handled       map[string]bool
	toolNames     []string
	prompts       map[string]*prompt
	promptNames   []string
	uses          []use               // of threads that no earlier block of the handler starts
	starts        map[string][]string // handlers that start a thread, by its name
}

// Parse reads a definition. The faults come in order of file and line, warnings among them; with an error there is no Agent.
// The same files always give the same.
func Parse(files Files) (*Agent, []Fault) {
	p := &parser{
		agent: &Agent{
			Files:    files,
			Types:    map[string]Type{},
			Tools:    map[string]Tool{},
			Triggers: map[string]Trigger{},
			prompts:  map[string]string{},
		},
		named:   map[string]*named{},
		session: scope{section: map[string]string{}},
		handled: map[string]bool{},
		prompts: map[string]*prompt{},
		starts:  map[string][]string{},
	}
	p.settings(p.file(settingsFile), files.Settings)
	p.readPrompts(files.Prompts)
	p.protocol(p.file(protocolFile), files.Protocol)
	faults := p.sorted()
	if p.failed {
		return nil, faults
	}
	return p.agent, faults
}

func (p *parser) file(name string) place { return place{log: &p.faultLog, file: name} }

var settingsKeys = keys{known: words("slug name description format")}

func (p *parser) settings(file place, content []byte) {
	if content == nil {
		file.errorf("is missing")
		return
	}
	root, ok := jsonTree(file, content)
	if !ok {
		return
	}
	o := root.object(settingsKeys)
	p.agent.Settings = Settings{o.needText("slug"), o.needText("name"), o.text("description"), format(o)}
	if n, ok := o.values["slug"]; ok && n.isText() {
		kebab.check(n.place, "slug", n.yaml.Value)
	}
}

func format(o object) string {
	n, ok := o.need("format")
	if !ok {
		return ""
	}
	f := n.text()
	switch {
	case f == "worker":
		n.errorf("workers are not supported: the format must be interactive")
	case f != "interactive" && n.isText():
		n.unknown("format", f, words("interactive"))
	}
	return f
}

var protocolKeys = keys{
	known:   words("input resources variables triggers tools types agent handlers"),
	refused: words("skills references mcpServers workers steps output"),
}

func (p *parser) protocol(file place, content []byte) {
	if content == nil {
		file.errorf("is missing")
		return
	}
	root, ok := yamlTree(file, content)
	if !ok {
		return
	}
	o := root.object(protocolKeys)
	o.each("types", p.types)
	o.each("input", p.input)
	o.each("resources", func(n node) { p.agent.Resources = p.fields(n, resources) })
	o.each("variables", func(n node) { p.agent.Variables = p.fields(n, variables) })
	o.each("triggers", p.triggers)
	o.each("tools", p.tools)
	if n, ok := o.need("agent"); ok {
		p.main(n)
	}
	o.each("handlers", p.handlers)
	p.unhandled(o)
	p.threads()
}

// each reads a section if it is there.
func (o object) each(section string, read func(node)) {
	if n, ok := o.values[section]; ok {
		read(n)
	}
}

// input reads the session's input. What may be left out and has no default gets one here.
func (p *parser) input(n node) {
	p.agent.Input = p.fields(n, inputs)
	for i, f := range p.agent.Input {
		if f.Optional && f.Default == nil {
			p.agent.Input[i].Default = NotGiven
		}
	}
}
