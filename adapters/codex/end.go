package codex

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// turnCompleted reads the end of a native turn. That of a subagent ends nothing here.
func (c *converter) turnCompleted(p *params) *turnEnd {
	if p.Turn == nil || p.ThreadID != c.thread || !c.mine(p) {
		return nil
	}
	end := turnEnd{Status: openapi.TurnStatusCompleted, Plan: c.plan}
	switch p.Turn.Status {
	case "interrupted":
		end.Status = openapi.TurnStatusInterrupted
		if p.Turn.Error != nil {
			c.status("interrupted", p.Turn.Error.Message)
		}
	case "failed":
		end.Status = openapi.TurnStatusFailed
		c.fail(deref(p.Turn.Error))
	}
	c.close(end)
	return &end
}

// errorTold reads an error in mid-turn. One that is tried again is a note; any other fails the turn, which says it again
// at its end. The program shows how often it has tried in the message, and why in the details.
func (c *converter) errorTold(p *params) {
	var e turnError
	_ = ignoreShape(json.Unmarshal(p.Error, &e)) // an error without a message
	c.cutTexts(p.ThreadID)
	switch {
	case p.ThreadID != c.thread && p.ThreadID != "": // the agent itself goes on
		c.status("subagent error", joined(e.Message, e.Details))
	case p.WillRetry:
		c.status("retry", joined(e.Message, e.Details))
	default:
		c.fail(e)
	}
}

func (c *converter) fail(e turnError) {
	if c.failed {
		return
	}
	c.failed = true
	kind, status := e.kind()
	code := "model_error"
	switch {
	case status == http.StatusUnauthorized || kind == "unauthorized":
		code = "authentication_failed"
		if c.anonymous {
			code = "not_logged_in"
		}
	case kind == "sandboxError" || kind == "threadRollbackFailed":
		code = "agent_error"
	}
	details := map[string]any{}
	if kind != "" {
		details["error"] = kind
	}
	if status != 0 {
		details["api_error_status"] = status
	}
	if e.Details != "" {
		details["details"] = e.Details
	}
	data := openapi.ErrorData{Message: cmp.Or(e.Message, "the turn failed"), Code: &code}
	if len(details) > 0 {
		data.Details = details
	}
	c.emit(openapi.Failure{Data: data})
}

// kind is the program's word for an error, and the HTTP status that came with it.
func (e turnError) kind() (word string, status int) {
	if word = stringOf(e.Info); word != "" {
		return word, 0
	}
	var info map[string]struct {
		Status int `json:"httpStatusCode"`
	}
	_ = ignoreShape(json.Unmarshal(e.Info, &info)) // none
	for _, word = range sortedKeys(info) {
		return word, info[word].Status
	}
	return "", 0
}
