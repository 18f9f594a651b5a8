package opencode

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
)

// remarks say, once in a session, what it asks for and does not get.
func (t *turn) remarks(ctx context.Context) {
	a := t.agent
	if v := a.options.Variant; v != "" && !a.catalog.hasVariant(a.model(), v) {
		known := "none"
		if m := a.catalog.model(a.model()); m != nil && len(m.Variants) > 0 {
			known = strings.Join(m.Variants, ", ")
		}
		t.emit(t.convert.remark("variant", "unknown and not used: "+v+"; known for "+cmp.Or(a.model(), "the model")+": "+known)...)
	}
	if len(a.options.MCP) > 0 {
		t.remarkMCP(ctx)
	}
}

// remarkMCP tells which MCP servers are not there. The program itself goes on without.
func (t *turn) remarkMCP(ctx context.Context) {
	states := map[string]struct{ Status, Error string }{}
	if err := t.server.call(ctx, http.MethodGet, "/mcp", t.agent.directory, nil, &states); err != nil {
		t.agent.log.Warn("MCP servers not listed", "error", err)
		return
	}
	var lines []string
	for name := range t.agent.options.MCP {
		if s := states[name]; s.Status != "connected" && s.Status != "disabled" {
			lines = append(lines, name+": "+cmp.Or(s.Error, s.Status, "unknown"))
		}
	}
	if slices.Sort(lines); lines != nil {
		t.emit(t.convert.remark("mcp", "not connected: "+strings.Join(lines, "; "))...)
	}
}

// model is the model that the session uses.
func (a *agent) model() string { return cmp.Or(a.options.Model, a.catalog.models.DefaultModel) }

func (c *catalog) hasVariant(model, variant string) bool {
	m := c.model(model)
	return m != nil && variant != "" && slices.Contains(m.Variants, variant)
}

// window is how many tokens a model takes; 0 when that is not known.
func (c *catalog) window(provider, model string) int64 { return c.windows[provider+"/"+model] }
