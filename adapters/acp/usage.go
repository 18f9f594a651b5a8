package acp

import (
	"cmp"
	"math"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// spending keeps count of the session's money. Agents tell the session's total, that of earlier processes included.
type spending struct {
	known  bool    // total is the sum before this turn
	total  float64 // in USD
	cost   *float64
	window int64
}

func (s *spending) begin() { s.cost = nil }

// update takes in a usage_update. The tokens in it are those of the context, not of the turn.
func (s *spending) update(u *update) {
	if u.Size > 0 {
		s.window = u.Size
	}
	if u.Cost == nil || !strings.EqualFold(cmp.Or(u.Cost.Currency, "USD"), "USD") {
		return
	}
	if s.known {
		// Sums of binary fractions: what is below a millionth of a cent is noise.
		sum := math.Round((deref(s.cost)+max(0, u.Cost.Amount-s.total))*1e9) / 1e9
		s.cost = &sum
	}
	s.known, s.total = true, u.Cost.Amount
}

// usage is what the turn has used; it reports whether there is anything to tell.
func (s *spending) usage(r *promptResult, model string) (openapi.UsageUpdatedData, bool) {
	d := openapi.UsageUpdatedData{Model: model, ContextWindow: s.window, CostUSD: s.cost}
	t := cmp.Or(r.Usage, r.Meta.Quota.Count)
	if t != nil {
		d.InputTokens, d.OutputTokens = t.Input+t.InputSnake, t.Output+t.OutputSnake
		d.CacheReadTokens, d.CacheWriteTokens, d.ReasoningTokens = t.CacheRead, t.CacheWrite, t.Thought
		// Some agents count what was read from a cache as input too; their sum tells.
		if cached := t.CacheRead + t.CacheWrite; cached > 0 && cached <= t.Input && t.Total == t.Input+t.Output {
			d.InputTokens -= cached
		}
	}
	if models := r.Meta.Quota.Models; len(models) == 1 && models[0].Model != "" {
		d.Model = models[0].Model
	}
	return d, d.InputTokens+d.OutputTokens+d.CacheReadTokens+d.CacheWriteTokens > 0 || deref(s.cost) > 0
}

func deref[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
