package all_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
)

var update = flag.Bool("update", false, "write the README's table anew")

// rows are what the README tells of every agent.
var rows = []struct {
	name string
	cell func(adapters.Info) any
}{
	{"text and tool calls with their results", func(i adapters.Info) any {
		c := i.Capabilities
		return c.TextMessages && c.ToolCalls && c.ToolResults
	}},
	{"text as it is written (deltas)", func(i adapters.Info) any { return i.Capabilities.StreamingDeltas }},
	{"reasoning", func(i adapters.Info) any { return i.Capabilities.Reasoning }},
	{"commands", func(i adapters.Info) any { return i.Capabilities.CommandExecution }},
	{"file changes with diffs", func(i adapters.Info) any { return i.Capabilities.FileChanges }},
	{"asks for permissions", func(i adapters.Info) any { return i.Capabilities.Permissions }},
	{"asks questions", func(i adapters.Info) any { return i.Capabilities.Questions }},
	{"attached files / images", func(i adapters.Info) any {
		return mark(i.Capabilities.FileAttachments) + " / " + mark(i.Capabilities.Images)
	}},
	{"a message into the running turn (`steer`)", func(i adapters.Info) any { return i.Capabilities.Steering }},
	{"`mcp` / `skills`", func(i adapters.Info) any { return mark(i.Takes.MCP) + " / " + mark(i.Takes.Skills) }},
	{"tools of the client (`clientTools`)", func(i adapters.Info) any { return i.Takes.ClientTools }},
	{"`model` / `variant`", func(i adapters.Info) any { return mark(i.Takes.Model) + " / " + mark(i.Takes.Variant) }},
	{"`agentVersion`", func(i adapters.Info) any { return i.Takes.AgentVersion }},
	{"`agentMode`", func(i adapters.Info) any {
		var ids []string
		for _, m := range i.Modes {
			ids = append(ids, m.ID)
		}
		return strings.Join(ids, ", ")
	}},
	{"`permissionMode`", func(i adapters.Info) any {
		return strings.Join(slices.Compact(slices.Sorted(maps.Values(i.PermissionModes))), ", ")
	}},
	{"one process for many sessions", func(i adapters.Info) any { return i.Capabilities.SharedProcess }},
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return "–"
}

// table is the README's table of agents.
func table(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| |")
	var infos []adapters.Info
	for _, a := range agents(t) {
		infos = append(infos, a.Info(t.Context()))
		fmt.Fprintf(&b, " `%s` |", infos[len(infos)-1].ID)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(infos)) + "\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s |", row.name)
		for _, info := range infos {
			cell := row.cell(info)
			if yes, ok := cell.(bool); ok {
				cell = mark(yes)
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestREADME: the README's table says what the adapters say.
func TestREADME(t *testing.T) {
	const path, begin, end = "../../README.md", "<!-- agents -->\n", "<!-- /agents -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), begin)
	old, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("the README has no place for the table")
	}
	now := table(t)
	switch {
	case old == now:
	case *update:
		if err := os.WriteFile(path, []byte(head+begin+now+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the README's table of agents is not true any more; -update writes it anew:\n%s", now)
	}
}
