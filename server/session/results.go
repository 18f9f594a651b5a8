package session

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// ToolResults gives the results of tools that the client has executed: of all or none. The first result of a call counts.
// execution is the turn that they are for, or empty. It returns when they are durable; when no call is open any more the turn
// goes on.
func (s *Service) ToolResults(ctx context.Context, id, execution string, results []openapi.ToolResult, once Idempotency) (Accepted, error) {
	v, err := s.do(ctx, id, resultsCommand{execution, results, once})
	if err != nil {
		return Accepted{}, err
	}
	return v.(Accepted), nil
}

type resultsCommand struct {
	Execution string
	Results   []openapi.ToolResult
	Once      Idempotency
}

func (c resultsCommand) apply(o *owner) (any, error) {
	var first Accepted
	if known, err := o.recall(c.Once, triggerScope, &first); known || err != nil {
		return first, err
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	if err := c.check(o); err != nil {
		return nil, err
	}
	a := Accepted{TurnID: o.turnID(), Sequence: o.w.last + 1, Joined: true, Began: o.w.state.Turn.Sequence, Calls: o.w.state.calls()}
	receipt, err := c.Once.receipt(o.scope(triggerScope), o.w.now(), a, a.Sequence)
	if err != nil {
		return nil, err
	}
	for _, r := range c.Results {
		call := o.openRequest(o.w.state.Requests[o.w.state.find(r.ToolCallID, toolKind)])
		o.emit(toolResolved(*call.tool, told(r)))
	}
	commit := func() error { return o.commit(receipt) }
	if o.suspended() && len(o.w.state.Requests) == 0 {
		return a, o.resume(commit)
	}
	if err := commit(); err != nil {
		return nil, err
	}
	for _, r := range c.Results {
		o.deliver(askedKey(r.ToolCallID, toolKind), reply{tool: told(r)})
	}
	return a, nil
}

// check refuses results that nobody waits for, before any is taken.
func (c resultsCommand) check(o *owner) error {
	if o.w.state.Turn == nil {
		return invalid("no tool call waits for a result")
	}
	if c.Execution != "" && c.Execution != o.turnID() {
		return invalid("unknown execution id: %s", c.Execution)
	}
	seen := map[string]bool{}
	for _, r := range c.Results {
		if o.w.state.find(r.ToolCallID, toolKind) < 0 || seen[r.ToolCallID] {
			return invalid("unknown tool call id: %s", r.ToolCallID)
		}
		seen[r.ToolCallID] = true
	}
	return nil
}

// failedSilently is the error of a tool that has failed and says no more.
const failedSilently = "the tool failed"

// told is what a client said of a tool. With neither a result nor an error it has succeeded with null; with an error that is
// blank, and no result, it has failed.
func told(r openapi.ToolResult) adapters.ToolResult {
	out := adapters.ToolResult{Status: openapi.ToolStatusCompleted, Result: r.Result}
	blank := r.Error != nil && strings.TrimSpace(*r.Error) == ""
	switch {
	case r.Error != nil && !blank:
		out = adapters.ToolResult{Status: openapi.ToolStatusFailed, Error: *r.Error}
	case blank && len(r.Result) == 0:
		out = adapters.ToolResult{Status: openapi.ToolStatusFailed, Error: failedSilently}
	}
	if len(out.Result) == 0 {
		out.Result = json.RawMessage("null")
	}
	return out
}
