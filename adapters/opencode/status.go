package opencode

import (
	"fmt"
	"strings"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// note is a status item for people.
func (c *converter) note(session, label, detail string) {
	part := openapi.StatusPart{Label: label}
	if detail != "" {
		part.Detail = &detail
	}
	item := openapi.Item{
		NativeItemID: new(c.nativeID("status/" + label)), ParentID: c.family[session], Kind: openapi.ItemKindStatus,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(part),
	}
	c.start(item)
	c.complete(item, openapi.ItemStatusCompleted)
}

// remark is a note of Parley's own.
func (c *converter) remark(label, detail string) []openapi.Output {
	c.out = c.out[:0]
	c.note(c.session, label, detail)
	return c.out
}

// retry tells that a model request has failed and is repeated. What it has said so far is said anew.
func (c *converter) retry(p *properties) {
	if p.Status.Type != "retry" {
		return
	}
	var broken []*openPart
	for _, o := range c.opened {
		if m := c.messages[o.message]; o.kind != "tool" && m != nil && m.SessionID == p.SessionID {
			broken = append(broken, o)
		}
	}
	c.fail(broken)
	detail := fmt.Sprintf("attempt %d failed: %s", p.Status.Attempt, p.Status.Message)
	if p.Status.Next > 0 {
		detail += "; again at " + time.UnixMilli(int64(p.Status.Next)).UTC().Format(time.RFC3339)
	}
	c.note(p.SessionID, "retry", detail)
}

// todos shows the agent's list of things to do.
func (c *converter) todos(p *properties) {
	marks := map[string]string{"completed": "[x] ", "in_progress": "[>] ", "cancelled": "[-] "}
	var lines []string
	for _, t := range p.Todos {
		mark := marks[t.Status]
		if mark == "" {
			mark = "[ ] "
		}
		lines = append(lines, mark+t.Content)
	}
	if lines != nil {
		c.note(p.SessionID, "plan", strings.Join(lines, "\n"))
	}
}

// location is where events come from.
const location = "opencode.event"

// unparsed keeps what makes no sense.
func unparsed(reason error, raw []byte) openapi.Output {
	return openapi.Unparsed{Data: openapi.AgentUnparsedData{Error: reason.Error(), Location: location}, Raw: asJSON(raw)}
}
