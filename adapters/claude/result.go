package claude

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// ending is how a turn ended, as the program tells it.
type ending struct {
	status         openapi.TurnStatus
	unknownSession bool // there was no session to resume, and no turn
}

// result reads the line that ends a turn. The program also begins turns by itself (a task in the background is done):
// their results come in between and end nothing here.
func (c *converter) result(r *record) *ending {
	c.closeStreams()
	c.spent.add(r, c.model)
	if !c.mine(r) {
		return nil
	}
	end := &ending{status: openapi.TurnStatusCompleted}
	switch {
	case unknownSession(r):
		return &ending{status: openapi.TurnStatusFailed, unknownSession: true}
	case strings.HasPrefix(r.TerminalReason, "aborted"):
		end.status = openapi.TurnStatusInterrupted
	case r.IsError: // the subtype of an error of the model provider is success
		end.status = openapi.TurnStatusFailed
		if !c.failed {
			c.resultFailure(r)
		}
	}
	if usage := c.spent.turn; usage.used() {
		c.emit(openapi.Usage{Data: usage.UsageUpdatedData})
	}
	return end
}

// lifecycle reads what became of a message, which comes after its result. It ends the turn when a line was lost that
// may have been the result: that repeats the whole answer.
func (c *converter) lifecycle(r *record) *ending {
	if !c.lost || c.message == "" || r.CommandUUID != c.message {
		return nil
	}
	switch r.State {
	case "completed":
		c.closeStreams()
		return &ending{status: openapi.TurnStatusCompleted}
	case "cancelled":
		c.closeStreams()
		return &ending{status: openapi.TurnStatusInterrupted}
	}
	return nil
}

// mine says whether a result is that of the turn's own message.
func (c *converter) mine(r *record) bool {
	if r.UserMessageUUID == "" && len(r.UserMessageUUIDs) == 0 {
		return r.Origin.Kind == ""
	}
	return c.message == "" || r.UserMessageUUID == c.message || slices.Contains(r.UserMessageUUIDs, c.message)
}

func unknownSession(r *record) bool {
	return r.IsError && r.NumTurns == 0 && slices.ContainsFunc(r.Errors, func(e string) bool {
		return strings.HasPrefix(e, "No conversation found with session ID")
	})
}

// apiFailure reads the line that stands where the model's answer should be when the provider gave none. It is no answer
// and becomes no message: its model is "<synthetic>", but so is that of a slash command's output.
func (c *converter) apiFailure(r *record) {
	var texts []string
	for _, b := range r.Message.blocks() {
		texts = append(texts, b.Text)
	}
	if r.ParentToolUseID != "" { // a subagent's: the agent itself goes on
		c.status("subagent error", cmp.Or(strings.Join(texts, "\n"), stringOf(r.Error)))
		return
	}
	c.fail(cmp.Or(strings.Join(texts, "\n"), stringOf(r.Error)), failureCode(r, strings.Join(texts, "\n")), r)
}

func failureCode(r *record, message string) string {
	switch {
	case stringOf(r.Error) == "authentication_failed" && strings.HasPrefix(message, "Not logged in"):
		return "not_logged_in"
	case stringOf(r.Error) == "authentication_failed" || r.APIErrorStatus == 401:
		return "authentication_failed"
	}
	return "model_error"
}

// resultFailure tells what no earlier line has told.
func (c *converter) resultFailure(r *record) {
	message := cmp.Or(strings.Join(r.Errors, "\n"), r.Result, r.Subtype)
	code := strings.TrimPrefix(r.Subtype, "error_") // max_turns, max_budget_usd, during_execution
	switch {
	case r.TerminalReason == "api_error":
		code = failureCode(r, message)
	case code == "during_execution" || code == "success":
		code = "agent_error"
	}
	c.fail(message, code, r)
}

func (c *converter) fail(message, code string, r *record) {
	details := map[string]any{}
	for name, value := range map[string]string{
		"error": stringOf(r.Error), "api_error_type": r.APIErrorType, "api_error": r.APIErrorKind, "terminal_reason": r.TerminalReason,
	} {
		if value != "" {
			details[name] = value
		}
	}
	if r.APIErrorStatus != 0 {
		details["api_error_status"] = r.APIErrorStatus
	}
	data := openapi.ErrorData{Message: message, Code: &code}
	if len(details) > 0 {
		data.Details = details
	}
	c.failed = true
	c.emit(openapi.Failure{Data: data})
}

// spending keeps count of the session's money. The program tells the session's total, that of earlier processes included.
type spending struct {
	known bool    // total is the sum before this turn
	total float64 // in USD
	turn  turnUsage
}

type turnUsage struct{ openapi.UsageUpdatedData }

func (s *spending) begin() { s.turn = turnUsage{} }

// add counts what was used since the last result. The models' own counts are taken where the version sends them: they
// have, as the money has, the work of subagents and of answers that were cut off, which the result's usage leaves out.
func (s *spending) add(r *record, model string) {
	t := &s.turn
	if r.ModelUsageDelta == nil {
		u := r.Usage
		t.tokens(u.InputTokens, u.OutputTokens, u.CacheRead, u.CacheCreation, u.OutputDetails.ThinkingTokens)
	}
	for _, m := range r.ModelUsageDelta {
		t.tokens(m.InputTokens, m.OutputTokens, m.CacheRead, m.CacheCreation, m.ThinkingTokens)
	}
	t.Model = model
	t.ContextWindow = r.ModelUsage[model].ContextWindow
	if cost, ok := s.cost(r); ok {
		// Sums of binary fractions: what is below a millionth of a cent is noise.
		sum := math.Round((deref(t.CostUSD)+cost)*1e9) / 1e9
		t.CostUSD = &sum
	}
}

func (t *turnUsage) tokens(input, output, read, written, thinking int64) {
	t.InputTokens += input
	t.OutputTokens += output
	t.CacheReadTokens += read
	t.CacheWriteTokens += written
	t.ReasoningTokens += thinking
}

// cost is what was spent since the last result. Where only the session's total is told, a resumed session's first sum
// is not known: it has the earlier processes' in it.
func (s *spending) cost(r *record) (cost float64, ok bool) {
	switch {
	case r.ModelUsageDelta != nil:
		for _, m := range r.ModelUsageDelta {
			cost += m.CostUSD
		}
		ok = true
	case r.TotalCostUSD != nil && s.known:
		cost, ok = max(0, *r.TotalCostUSD-s.total), true
	}
	if r.TotalCostUSD != nil {
		s.known, s.total = true, *r.TotalCostUSD
	}
	return cost, ok
}

func (t *turnUsage) used() bool {
	return t.InputTokens+t.OutputTokens+t.CacheReadTokens+t.CacheWriteTokens > 0 || deref(t.CostUSD) > 0
}

func deref[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
