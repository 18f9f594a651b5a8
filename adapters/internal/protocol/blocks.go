package protocol

var (
	addKeys = keys{
		known:   words("block display description role prompt input thread visible uiContent"),
		refused: words("files"),
	}
	nextKeys      = keys{known: words("block display description thread independent output responseType")}
	callKeys      = keys{known: words("block display description tool input output")}
	setKeys       = keys{known: words("block display description resource value")}
	serializeKeys = keys{known: words("block display description thread format output")}
)

func (h *handler) addMessage(o object) Block {
	b := AddMessage{
		Role:      choice(o, "role", "", RoleUser, RoleAssistant, RoleSystem),
		Input:     h.bindings(o),
		Thread:    h.thread(o),
		Visible:   o.flag("visible", true),
		UIContent: h.optional(o, "uiContent"),
	}
	o.need("role")
	o.need("prompt")
	b.Prompt = h.prompt(o, "prompt", b.Input)
	return b
}

func (h *handler) nextMessage(o object) Block {
	b := NextMessage{
		Thread:      h.thread(o),
		Independent: o.flag("independent", false),
		Output:      h.output(o, "output"),
	}
	n, ok := o.values["responseType"]
	if !ok {
		h.fits(o, String)
	} else if b.ResponseType = h.responseType(n); b.ResponseType != nil {
		h.fits(o, b.ResponseType)
	}
	return b
}

// responseType is an object type: providers allow no other at the root of structured output.
func (h *handler) responseType(n node) *Object {
	t, ok := h.typeOf(n, n.text()).(*Object)
	if ok && t != File {
		return t
	}
	if n.isText() && h.exists(n.yaml.Value) {
		n.errorf("must be an object type, not %s: wrap it in one", n.yaml.Value)
	}
	return nil
}

// fits warns of an output whose variable is declared as something else.
func (h *handler) fits(o object, produced Type) {
	n, ok := o.values["output"]
	if !ok {
		return
	}
	f, ok := h.agent.Variables.Get(n.yaml.Value)
	if ok && f.Type != Unknown && f.Type != produced {
		n.warnf("%s is declared as %s, but gets %s", f.Name, f.Type, produced)
	}
}

func (h *handler) setResource(o object) Block {
	b := SetResource{Resource: o.needText("resource"), Value: h.optional(o, "value")}
	o.need("value")
	n, ok := o.values["resource"]
	if !ok || !n.isText() {
		return b
	}
	f, ok := h.agent.Resources.Get(b.Resource)
	if !ok {
		n.unknown("resource", b.Resource, h.agent.Resources.names())
	} else if f.Readonly {
		n.errorf("%s is readonly", f.Name)
	}
	return b
}

func (h *handler) startThread(o object) Block {
	b := StartThread{Name: o.needText("thread"), Thread: h.readThread(o, h.scope)}
	if b.Thread.Model == (Model{}) {
		b.Thread.Model = h.agent.Main.Model
	}
	b.Thread.Agentic = b.Thread.MaxSteps > 1
	if n, ok := o.values["thread"]; ok && b.Name == Main {
		n.errorf("%s is there from the beginning", Main)
	}
	h.started[b.Name] = true
	h.starts[b.Name] = append(h.starts[b.Name], h.trigger)
	return b
}

func (h *handler) serializeThread(o object) Block {
	b := SerializeThread{
		Thread: h.thread(o),
		Format: choice(o, "format", FormatMarkdown, FormatMarkdown, FormatJSON),
		Output: h.output(o, "output"),
	}
	o.need("output")
	h.fits(o, String)
	return b
}
