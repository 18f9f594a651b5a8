package declared

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// answerCalls gives the model the results of the calls of its last answer. Calls that make no sense are answered here; the
// others are the client's to execute, all of an answer at once.
func (t *turn) answerCalls(name string, thread protocol.Thread) error {
	waits, round := false, t.state.rounds(name)
	for _, c := range t.state.unanswered(name) {
		result, done := t.state.run.results[c.ID]
		_, asked := t.state.run.requests[c.ID]
		wrong := t.wrong(thread, c, round)
		var err error
		switch {
		case done:
			err = t.result(name, c, toolText(result), result.Status == openapi.ToolStatusCompleted)
		case asked:
			waits = true
		case wrong != "":
			err = t.result(name, c, wrong, false)
		default:
			waits = true
			err = t.request(name, c)
		}
		if err != nil {
			return err
		}
	}
	if waits {
		return errSuspended
	}
	return nil
}

// wrong is what the model is told of a call, in a round of the step, that makes no sense; empty when it does.
func (t *turn) wrong(thread protocol.Thread, c provider.ToolCall, round int) string {
	switch {
	case !slices.Contains(thread.Tools, c.Name):
		return fmt.Sprintf("There is no tool %s.", c.Name)
	case c.Malformed != "":
		return "The arguments are not a JSON object."
	case round > rounds(thread):
		return fmt.Sprintf("No more than %d rounds of tool calls are allowed. Answer without tools.", rounds(thread))
	}
	if err := protocol.Check(decoded(c.Arguments), t.agent.Tools[c.Name].Parameters); err != nil {
		return fmt.Sprintf("The arguments are not valid: %v", err)
	}
	return ""
}

// rounds is how often the model may call tools in one step.
func rounds(thread protocol.Thread) int {
	if !thread.Agentic {
		return 1
	}
	return thread.MaxSteps
}

// request asks the client to execute a call of the model's.
func (t *turn) request(thread string, c provider.ToolCall) error {
	return t.call(adapters.ToolCall{
		ID: c.ID, Name: c.Name, Arguments: c.Arguments, Source: openapi.ToolSourceLLM, NativeItemID: t.items[c.ID],
		Thread: otherThread(thread),
	})
}

// result is what the model gets for a call.
func (t *turn) result(thread string, c provider.ToolCall, text string, ok bool) error {
	item := t.newItem(openapi.ItemKindToolResult, openapi.ItemRoleTool, thread)
	item.Content = openapi.Parts(openapi.ToolResultPart{CallID: c.ID, Output: text})
	item.Audience = t.audience(c.Name)
	if !ok {
		return t.whole(item, openapi.ItemStatusFailed)
	}
	return t.whole(item, openapi.ItemStatusCompleted)
}

// audience is who sees the calls of a tool.
func (t *turn) audience(tool string) openapi.Audience {
	if t.agent.Tools[tool].Display == protocol.DisplayHidden {
		return openapi.AudienceModel
	}
	return ""
}

func toolText(r openapi.ToolResolvedData) string {
	if r.Status == openapi.ToolStatusCompleted {
		return resultText(r.Result)
	}
	return errorText(r)
}

func errorText(r openapi.ToolResolvedData) string {
	if r.Status == openapi.ToolStatusCancelled {
		return cmp.Or(r.Error, textCancelled)
	}
	return cmp.Or(r.Error, "The tool call failed.")
}
