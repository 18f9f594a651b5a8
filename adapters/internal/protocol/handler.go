package protocol

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// handler reads what one trigger does.
type handler struct {
	*parser
	*scope
	trigger string
	started map[string]bool // threads, by blocks before
}

// reading is how blocks of one kind are read.
type reading struct {
	keys    keys
	display Display
	read    func(*handler, object) Block
}

// readings are the blocks that there are.
var readings = map[string]reading{
	"add-message":      {addKeys, DisplayHidden, (*handler).addMessage},
	"next-message":     {nextKeys, DisplayStream, (*handler).nextMessage},
	"tool-call":        {callKeys, DisplayDescription, (*handler).toolCall},
	"set-resource":     {setKeys, DisplayName, (*handler).setResource},
	"start-thread":     {startKeys, DisplayHidden, (*handler).startThread},
	"serialize-thread": {serializeKeys, DisplayName, (*handler).serializeThread},
}

// otherBlocks are those that other servers have.
var otherBlocks = words("generate-image generate-speech generate-video transcribe-audio run-worker")

func (p *parser) handlers(section node) {
	for _, e := range section.entries() {
		trigger, ok := p.agent.Triggers[e.key]
		if !ok {
			e.unknown("trigger", e.key, p.triggerNames)
		}
		p.handled[e.key] = true
		h := &handler{parser: p, scope: p.session.with(trigger), trigger: e.key, started: map[string]bool{}}
		trigger.Steps = h.steps(e.node)
		if ok {
			p.agent.Triggers[e.key] = trigger
		}
	}
}

func (h *handler) steps(n node) []Step {
	var all []Step
	for _, e := range n.entriesBy(strconv.Quote) {
		if strings.TrimSpace(e.key) == "" {
			e.errorf("a block needs a name")
		}
		if s, ok := h.step(e); ok {
			all = append(all, s)
		}
	}
	if n.isNull() || n.isMapping() && len(n.yaml.Content) == 0 {
		n.warnf("has no blocks: the trigger does nothing")
	}
	return all
}

func (h *handler) step(e entry) (Step, bool) {
	kind, ok := e.find("block")
	if !ok {
		e.entries() // says what is wrong with it
		if e.isMapping() || e.isNull() {
			e.errorf("block is missing: the type of the block")
		}
		return Step{}, false
	}
	r, ok := readings[kind.text()]
	if !ok {
		h.noBlock(kind)
		return Step{}, false
	}
	o := e.object(r.keys)
	s := Step{Name: e.key, Display: display(o, r.display), Description: o.text("description")}
	s.Block = r.read(h, o)
	return s, true
}

func (h *handler) noBlock(kind node) {
	known := slices.Sorted(maps.Keys(readings))
	switch name := kind.yaml.Value; {
	case slices.Contains(otherBlocks, name):
		kind.errorf("%s blocks are not supported; supported are %s", name, listed(known))
	case kind.isText():
		kind.unknown("block type", name, known)
	}
}
