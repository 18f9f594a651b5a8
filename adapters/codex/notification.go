package codex

// converters are the notifications that become something. All others become nothing.
var converters = map[string]func(*converter, *params) *turnEnd{
	"item/started":                      whenMine((*converter).itemStarted),
	"item/completed":                    whenMine((*converter).itemCompleted),
	"item/agentMessage/delta":           whenMine(func(c *converter, p *params) { c.delta(p, textMessage, 0) }),
	"item/plan/delta":                   whenMine(func(c *converter, p *params) { c.delta(p, textMessage, 0) }),
	"item/reasoning/summaryTextDelta":   whenMine(func(c *converter, p *params) { c.delta(p, textSummary, p.SummaryIndex) }),
	"item/reasoning/textDelta":          whenMine(func(c *converter, p *params) { c.delta(p, textThought, p.ContentIndex) }),
	"item/commandExecution/outputDelta": whenMine((*converter).outputDelta),
	"item/fileChange/patchUpdated":      whenMine((*converter).patchUpdated),
	"item/mcpToolCall/progress":         whenMine(func(c *converter, p *params) { c.status("mcp.progress", p.Message) }),
	"turn/completed":                    (*converter).turnCompleted,
	"turn/plan/updated":                 whenMine((*converter).planUpdated),
	"turn/diff/updated":                 whenMine((*converter).diffUpdated),
	"thread/tokenUsage/updated":         always((*converter).tokensUsed),
	"error":                             whenMine((*converter).errorTold),
	"warning":                           always(func(c *converter, p *params) { c.warn("warning", p.Message) }),
	"guardianWarning":                   always(func(c *converter, p *params) { c.warn("warning", p.Message) }),
	"configWarning":                     always(func(c *converter, p *params) { c.warn("warning", joined(p.Summary, p.Details)) }),
	"deprecationNotice":                 always(func(c *converter, p *params) { c.warn("notice", joined(p.Summary, p.Details)) }),
	"model/rerouted":                    whenMine((*converter).rerouted),
	"mcpServer/startupStatus/updated":   always((*converter).mcpStarted),
	"account/rateLimits/updated":        always(func(c *converter, p *params) { c.warn("rate limit", p.RateLimits.Reached) }),
}

func always(do func(*converter, *params)) func(*converter, *params) *turnEnd {
	return func(c *converter, p *params) *turnEnd {
		do(c, p)
		return nil
	}
}

// whenMine leaves out what belongs to a native turn of the session that is over: a command may outlive its turn.
func whenMine(do func(*converter, *params)) func(*converter, *params) *turnEnd {
	return func(c *converter, p *params) *turnEnd {
		if c.mine(p) {
			do(c, p)
		}
		return nil
	}
}

// mine says whether a notification is about the turn, or about a subagent.
func (c *converter) mine(p *params) bool {
	turn := p.turn()
	switch {
	case p.ThreadID != c.thread || turn == "":
		return true
	case c.turn == "":
		return turn != c.past
	}
	return turn == c.turn
}
