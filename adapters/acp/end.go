package acp

import (
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// stops are the reasons to stop that people should know of.
var stops = map[string]string{
	"refusal":           "the agent refuses to go on",
	"max_tokens":        "the answer has reached the largest number of tokens",
	"max_turn_requests": "the agent has asked its model as often as it may in one turn",
}

// ended reads the answer to a prompt, which ends the turn.
func (c *converter) ended(r *promptResult, model string, raw []byte) ([]openapi.Output, openapi.TurnStatus) {
	c.out = c.out[:0]
	item, turn := openapi.ItemStatusCompleted, openapi.TurnStatusCompleted
	if r.StopReason == "cancelled" {
		item, turn = openapi.ItemStatusFailed, openapi.TurnStatusInterrupted
	}
	c.close(item)
	if why, ok := stops[r.StopReason]; ok {
		c.status(strings.ReplaceAll(r.StopReason, "_", " "), why)
	}
	if usage, ok := c.spent.usage(r, model); ok {
		c.emit(openapi.Usage{Data: usage})
	}
	return c.sign(raw), turn
}

// failed reads the refusal of a prompt. The agent lives on.
func (c *converter) failed(data openapi.ErrorData, raw []byte) []openapi.Output {
	c.out = c.out[:0]
	c.close(openapi.ItemStatusFailed)
	c.emit(openapi.Failure{Data: data})
	return c.sign(raw)
}

// errorData tells an agent's error. Agents whose model provider failed give its HTTP status as the code.
func errorData(e *jsonrpc.Error) openapi.ErrorData {
	code := "agent_error"
	switch {
	case e.Code == 401, e.Code == 403:
		code = "authentication_failed"
	case e.Code >= 400 && e.Code < 600:
		code = "model_error"
	}
	details := map[string]any{"code": e.Code}
	if json.Valid(e.Data) {
		details["data"] = e.Data
	}
	return openapi.ErrorData{Message: errorMessage(e.Message), Code: &code, Details: details}
}

// errorMessage takes the message out of an error that was put into the message as JSON, as Gemini CLI does.
func errorMessage(message string) string {
	var wrapped struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal([]byte(message), &wrapped) // a text stays one
	if wrapped.Error.Message != "" {
		return wrapped.Error.Message
	}
	if message == "" {
		return "the agent gives no reason"
	}
	return message
}
