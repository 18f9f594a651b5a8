package acp

import (
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// labelMode is the label of the status items that tell the agent's mode, from which a later process learns it.
const labelMode = "mode"

// status is a note for people.
func (c *converter) status(label, detail string) {
	part := openapi.StatusPart{Label: label}
	if detail != "" {
		part.Detail = &detail
	}
	item := openapi.Item{
		NativeItemID: new(c.nativeID("status/" + label)), Kind: openapi.ItemKindStatus,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(part),
	}
	c.start(item)
	c.complete(item, openapi.ItemStatusCompleted)
}

// note is a status item that comes from Parley itself.
func (c *converter) note(label, detail string) []openapi.Output {
	c.out = c.out[:0]
	c.status(label, detail)
	return c.out
}

// plan shows the agent's list of things to do, which it sends whole whenever something in it has changed.
func (c *converter) plan(entries []planEntry) {
	marks := map[string]string{"completed": "[x] ", "in_progress": "[>] "}
	var lines []string
	for _, e := range entries {
		mark := marks[e.Status]
		if mark == "" {
			mark = "[ ] "
		}
		lines = append(lines, mark+e.Content)
	}
	if lines != nil {
		c.status("plan", strings.Join(lines, "\n"))
	}
}

// modeChanged tells that the agent has changed its mode, as it does when a plan was approved.
func (c *converter) modeChanged(mode string) {
	if mode == "" || mode == c.mode {
		return
	}
	c.mode = mode
	c.status(labelMode, mode)
}

// location is where messages come from.
const where = "acp.stdout"

// once keeps what is not known here, once in a turn for each kind: new versions bring new kinds, in large numbers.
func (c *converter) once(reason string, raw []byte) {
	if !c.unknown[reason] {
		c.unknown[reason] = true
		c.keep(reason, raw)
	}
}

func (c *converter) keep(reason string, raw []byte) {
	c.emit(openapi.Unparsed{Data: openapi.AgentUnparsedData{Error: reason, Location: where}, Raw: raw})
}

// strange keeps a line that is none of the protocol's.
func (c *converter) strange(reason string, raw []byte) []openapi.Output {
	c.out = c.out[:0]
	c.keep(reason, raw)
	return c.out
}

// unheard keeps a notification of a method that is not known.
func (c *converter) unheard(method string, raw []byte) []openapi.Output {
	c.out = c.out[:0]
	c.once("unknown notification "+method, raw)
	return c.out
}
