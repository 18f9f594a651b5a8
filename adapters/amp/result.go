package amp

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// result reads the line that ends a turn.
func (c *converter) result(r *record) *ending {
	end := &ending{status: openapi.TurnStatusCompleted}
	switch {
	case c.stopped:
		end.status = openapi.TurnStatusInterrupted
	case r.IsError:
		end.status = openapi.TurnStatusFailed
		c.emit(openapi.Failure{Data: failure(r)})
	}
	if r.Usage != nil { // of the whole turn
		c.spent = openapi.UsageUpdatedData{Model: c.spent.Model}
		c.spend(r.Usage)
	}
	c.usage()
	return end
}

func failure(r *record) openapi.ErrorData {
	message := cmp.Or(r.Error, r.Subtype, "Amp failed")
	code := failureCode(message)
	if r.Subtype == "error_max_turns" {
		code = "max_turns"
	}
	data := openapi.ErrorData{Message: message, Code: &code}
	if denials := r.PermissionDenials; json.Valid(denials) && string(denials) != "null" {
		data.Details = map[string]any{"permission_denials": denials}
	}
	return data
}

// reasons are the beginnings of what the program says, on its standard error or in a result, where a login is the matter.
var reasons = map[string]string{
	"Not logged in":                   "not_logged_in",
	"Invalid or missing API key":      "authentication_failed",
	"Access token expired":            "authentication_failed",
	"Session expired":                 "authentication_failed",
	"AMP_API_KEY holds an OAuth":      "authentication_failed",
	"Authenticated, but your account": "authentication_failed",
}

func failureCode(message string) string {
	for begin, code := range reasons {
		if strings.HasPrefix(message, begin) {
			return code
		}
	}
	return "agent_error"
}

func (c *converter) spend(u *usage) {
	if u == nil {
		return
	}
	c.spent.InputTokens += u.InputTokens
	c.spent.OutputTokens += u.OutputTokens
	c.spent.CacheReadTokens += u.CacheRead
	c.spent.CacheWriteTokens += u.CacheCreation
}

// usage tells what the turn has used, where the program has said it.
func (c *converter) usage() {
	if s := c.spent; s.InputTokens+s.OutputTokens+s.CacheReadTokens+s.CacheWriteTokens > 0 {
		c.emit(openapi.Usage{Data: s})
	}
}

// ended is the end of a turn whose process has ended without a result: some versions leave it out. It is nil when the agent
// was not done.
func (c *converter) ended() ([]openapi.Output, *ending) {
	c.out = c.out[:0]
	c.usage()
	if !c.answered || c.stopped {
		return c.out, nil
	}
	return c.out, &ending{status: openapi.TurnStatusCompleted}
}
