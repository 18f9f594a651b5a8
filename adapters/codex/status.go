package codex

import (
	"maps"
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// status is a note for people.
func (c *converter) status(label, detail string) {
	part := openapi.StatusPart{Label: label}
	if detail != "" {
		part.Detail = &detail
	}
	c.whole(openapi.Item{
		NativeItemID: new(c.nativeID("status/" + label)), Kind: openapi.ItemKindStatus,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(part),
	}, openapi.ItemStatusCompleted)
}

// note is a status item that comes from Parley itself.
func (c *converter) note(label, detail string) []openapi.Output {
	c.out = c.out[:0]
	c.status(label, detail)
	return c.out
}

// warn says a text once in a session: the program repeats some of its warnings in every turn.
func (c *converter) warn(label, text string) {
	if text != "" && !c.warned[text] {
		c.warned[text] = true
		c.status(label, text)
	}
}

// planUpdated shows the agent's list of things to do.
func (c *converter) planUpdated(p *params) {
	marks := map[string]string{"completed": "[x] ", "inProgress": "[>] "}
	var lines []string
	for _, s := range p.Plan {
		mark := marks[s.Status]
		if mark == "" {
			mark = "[ ] "
		}
		lines = append(lines, mark+s.Step)
	}
	if lines != nil {
		c.status("turn.plan.updated", strings.Join(lines, "\n"))
	}
}

// diffUpdated keeps the newest diff of the turn, which is told again and again. A carried out plan's begins anew.
func (c *converter) diffUpdated(p *params) {
	if p.ThreadID == c.thread {
		c.diff = p.Diff
	}
}

func (c *converter) rerouted(p *params) {
	c.status("model", joined(p.ToModel+" instead of "+p.FromModel, p.Reason))
}

// mcpStarted tells that a server of tools is not there.
func (c *converter) mcpStarted(p *params) {
	if stringOf(p.Status) == "failed" {
		reason, _, _ := strings.Cut(stringOf(p.Error), "\n")
		c.warn("mcp", joined(p.Name+" failed", reason))
	}
}

// joined puts a detail behind a text.
func joined(text, detail string) string {
	if detail == "" {
		return text
	}
	return text + ": " + detail
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
