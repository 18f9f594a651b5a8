package protocol

import "slices"

// use is a thread that a block needs and no block before it starts.
type use struct {
	place
	name    string
	trigger string // whose handler the block is in
}

// thread is the thread that a block works on.
func (h *handler) thread(o object) string {
	n, ok := o.values["thread"]
	if !ok {
		return Main
	}
	name := n.text()
	if n.isText() && name != Main && !h.started[name] {
		h.uses = append(h.uses, use{n.place, name, h.trigger})
	}
	return name
}

// threads looks who starts the threads that were used before they were started.
func (p *parser) threads() {
	for _, u := range p.uses {
		starts := p.starts[u.name]
		other := slices.IndexFunc(starts, func(trigger string) bool { return trigger != u.trigger })
		switch {
		case other >= 0:
			u.warnf("the thread %s is there only if the trigger %s came before", shown(u.name), starts[other])
		case len(starts) > 0:
			u.errorf("the thread %s is used before it is started", shown(u.name))
		default:
			u.errorf("no block starts the thread %s", shown(u.name))
		}
	}
}
