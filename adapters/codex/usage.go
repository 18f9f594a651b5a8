package codex

import "github.com/parleyhq/parley/openapi"

// spending counts the tokens of a turn, those of its subagents included. The program tells each thread's sum, of a thread
// that was taken up with what earlier processes have used in it.
type spending struct {
	totals map[string]tokens // by thread
	turn   openapi.UsageUpdatedData
}

func newSpending() spending { return spending{totals: map[string]tokens{}} }

func (s *spending) begin() { s.turn = openapi.UsageUpdatedData{} }

// tokensUsed reads a thread's sum. The one of an earlier turn is told when its thread is taken up.
func (c *converter) tokensUsed(p *params) {
	used := c.spent.since(p.ThreadID, p.Usage)
	if p.ThreadID != c.thread || p.TurnID == c.turn {
		c.spent.add(used, p.Usage.ContextWindow)
	}
}

// since is what was used since the thread's last sum, which may be told twice.
func (s *spending) since(thread string, u tokenUsage) tokens {
	before, known := s.totals[thread]
	s.totals[thread] = u.Total
	if known && u.Total.since(before) {
		return u.Total.less(before)
	}
	return u.Last
}

func (s *spending) add(used tokens, contextWindow int64) {
	if used == (tokens{}) {
		return
	}
	s.turn.InputTokens += max(0, used.Input-used.Cached-used.CacheWrite)
	s.turn.CacheReadTokens += used.Cached
	s.turn.CacheWriteTokens += used.CacheWrite
	s.turn.OutputTokens += used.Output
	s.turn.ReasoningTokens += used.Reasoning
	if contextWindow > 0 {
		s.turn.ContextWindow = contextWindow
	}
}

// since says whether a sum may have come of an earlier one.
func (t tokens) since(before tokens) bool {
	return t.Input >= before.Input && t.Output >= before.Output
}

func (t tokens) less(o tokens) tokens {
	return tokens{
		Input: t.Input - o.Input, Cached: max(0, t.Cached-o.Cached), CacheWrite: max(0, t.CacheWrite-o.CacheWrite),
		Output: t.Output - o.Output, Reasoning: max(0, t.Reasoning-o.Reasoning),
	}
}
