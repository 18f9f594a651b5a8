package codex

import (
	"slices"
	"strings"
)

// effort is how hard the model is to think: the session's variant, where the model has it.
func (t *turn) effort() string {
	if v := t.agent.options.Variant; slices.Contains(t.conn.knownEfforts(), v) {
		return v
	}
	return ""
}

// allEfforts are those of a model that Codex does not know: what the provider makes of them is its own.
var allEfforts = []string{"none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra"}

func (c *conn) knownEfforts() []string {
	if c.efforts == nil {
		return allEfforts
	}
	return c.efforts
}

// checkVariant says once in a session, with its first message, that its variant means nothing here.
func (t *turn) checkVariant(message int) {
	if v := t.agent.options.Variant; message == 1 && v != "" && t.effort() == "" {
		known := strings.Join(t.conn.knownEfforts(), ", ")
		t.emit(t.conn.convert.note("variant", "unknown and not used: "+v+"; known are "+known)...)
	}
}
