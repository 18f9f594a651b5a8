package opencode

import (
	"cmp"
	"encoding/json"
	"math"
	"regexp"

	"github.com/parleyhq/parley/openapi"
)

// The names of errors that mean something else than that the model failed.
const (
	faultAborted = "MessageAbortedError"
	faultAuth    = "ProviderAuthError"
)

// sessionFault remembers an error of a session. Whether it ends the turn the messages tell.
func (c *converter) sessionFault(p *properties) {
	if p.Error == nil {
		return
	}
	if p.SessionID != c.session { // a subagent's: the agent itself goes on
		if p.Error.Name != faultAborted {
			c.note(p.SessionID, "subagent error", p.Error.text())
		}
		return
	}
	c.fault = p.Error
}

// stack is where the program was, which is its own matter.
var stack = regexp.MustCompile(`\n\s+at [\s\S]*`)

func (f *fault) text() string {
	return cmp.Or(stack.ReplaceAllString(f.Data.Message, ""), f.Name, "unknown error")
}

// settled says whether no more will come of the turn's messages. When it was not interrupted there must be something.
func (c *converter) settled(interrupted bool) bool {
	for _, m := range c.order {
		if m.SessionID == c.session && !m.done() {
			return false
		}
	}
	return interrupted || c.last != nil || c.fault != nil
}

// ending is how the program ended the turn. interrupted says that it was asked to.
func (c *converter) ending(interrupted bool) (openapi.TurnStatus, *fault) {
	fault := c.fault
	if c.last != nil && (c.last.Error != nil || final(c.last.Finish)) { // it knows better: an error may have been mended
		fault = c.last.Error
	}
	switch {
	case fault != nil && fault.Name == faultAborted:
		return openapi.TurnStatusInterrupted, nil
	case fault != nil:
		return openapi.TurnStatusFailed, fault
	case interrupted && (c.last == nil || !final(c.last.Finish)):
		return openapi.TurnStatusInterrupted, nil
	}
	return openapi.TurnStatusCompleted, nil
}

// final says whether a message with this finish is an answer, and not a step on the way to one.
func final(finish string) bool { return finish != "" && finish != "tool-calls" && finish != "unknown" }

func failure(f *fault) openapi.Failure {
	code := "model_error"
	switch {
	case f.Data.StatusCode == 401, f.Name == faultAuth:
		code = "authentication_failed"
	case f.Name == "UnknownError":
		code = "agent_error"
	}
	details := map[string]any{"error": f.Name}
	if f.Data.StatusCode != 0 {
		details["api_error_status"] = f.Data.StatusCode
	}
	return openapi.Failure{Data: openapi.ErrorData{Message: f.text(), Code: &code, Details: details}}
}

// usage is what the turn has used, its subagents included; nil when that is nothing.
func (c *converter) usage(window func(provider, model string) int64) []openapi.Output {
	var u openapi.UsageUpdatedData
	cost, asked := 0.0, false
	for _, m := range c.order {
		if m.Role != "assistant" {
			continue
		}
		t := m.Tokens
		u.InputTokens += count(t.Input)
		u.OutputTokens += count(t.Output + t.Reasoning)
		u.ReasoningTokens += count(t.Reasoning)
		u.CacheReadTokens += count(t.Cache.Read)
		u.CacheWriteTokens += count(t.Cache.Write)
		cost += min(max(0, m.Cost), maxCost)
		asked = asked || t.Input+t.Output+t.Reasoning+t.Cache.Read+t.Cache.Write > 0
	}
	if !asked {
		return nil
	}
	if c.last != nil {
		u.Model = c.last.ProviderID + "/" + c.last.ModelID
		u.ContextWindow = window(c.last.ProviderID, c.last.ModelID)
	}
	// Sums of binary fractions: what is below a millionth of a cent is noise.
	u.CostUSD = new(math.Round(cost*1e9) / 1e9)
	return []openapi.Output{openapi.Usage{Data: u}}
}

// maxCost bounds what a message can have cost, in USD: sums stay finite.
const maxCost = 1e9

// count is a number of tokens; a program that counts wrongly is not to make the event invalid.
func count(n float64) int64 {
	if !(n > 0 && n < 1<<53) {
		return 0
	}
	return int64(n)
}

// asJSON keeps bytes that are no JSON as a string.
func asJSON(raw []byte) json.RawMessage {
	if json.Valid(raw) {
		return raw
	}
	text, _ := json.Marshal(string(raw)) // a string: cannot fail
	return text
}
