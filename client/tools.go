package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sync"

	"github.com/parleyhq/parley/openapi"
)

// A Tool executes a tool on the caller's side. Its result is any value that encoding/json takes; its error is told to the agent.
type Tool func(ctx context.Context, args json.RawMessage) (any, error)

// Tools are the tools that the caller executes, by name.
type Tools map[string]Tool

// WithTools lets Trigger execute tools.
func WithTools(tools Tools) CallOption { return func(o *callOptions) { o.tools = tools } }

// Trigger fires a trigger of a session and yields the UI events of the whole run: tools that the agent asks for are executed,
// those of one request side by side, and their results are sent back, until the run is over. In the place of the requests come
// the tools' outputs, as tool-output-available and tool-output-error. A tool that was not given gives the agent an error.
// ErrLimit while another turn runs. Heeds WithTools.
func (c *Client) Trigger(ctx context.Context, session, trigger string, input map[string]any, opts ...CallOption) iter.Seq2[openapi.UIEvent, error] {
	tools := c.options(opts).tools
	return func(yield func(openapi.UIEvent, error) bool) {
		req := openapi.TriggerRequest{TriggerName: trigger, Input: input}
		for {
			l := leg{yield: yield}
			for ev, err := range c.TriggerAgentSession(ctx, session, req) {
				if !l.take(ev, err) {
					return
				}
			}
			if len(l.calls) == 0 {
				return
			}
			results := tools.run(ctx, l.calls)
			if !l.tell(results) {
				return
			}
			req = openapi.TriggerRequest{ExecutionID: l.execution, ToolResults: results}
		}
	}
}

// leg is one answer of a run.
type leg struct {
	yield     func(openapi.UIEvent, error) bool
	execution string
	calls     []openapi.UIToolCall
}

// take passes on what the caller is to see. It reports whether the answer goes on.
func (l *leg) take(ev openapi.UIEvent, err error) bool {
	if ev.ExecutionID != "" {
		l.execution = ev.ExecutionID
	}
	switch {
	case err != nil:
		l.yield(ev, err)
		return false
	case ev.Type == openapi.UIToolRequest:
		l.calls = ev.ToolCalls
		return true
	case ev.Type == openapi.UIFinish && len(l.calls) > 0:
		return true
	}
	return l.yield(ev, nil)
}

// tell shows the caller what its tools gave.
func (l *leg) tell(results []openapi.ToolResult) bool {
	for _, r := range results {
		ev := openapi.UIEvent{Type: openapi.UIToolOutputAvailable, ToolCallID: r.ToolCallID, Output: r.Result}
		if r.Error != nil {
			ev = openapi.UIEvent{Type: openapi.UIToolOutputError, ToolCallID: r.ToolCallID, Error: *r.Error}
		}
		if !l.yield(ev, nil) {
			return false
		}
	}
	return true
}

// run executes calls side by side.
func (t Tools) run(ctx context.Context, calls []openapi.UIToolCall) []openapi.ToolResult {
	results := make([]openapi.ToolResult, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { results[i] = t.execute(ctx, call) })
	}
	all.Wait()
	return results
}

func (t Tools) execute(ctx context.Context, call openapi.UIToolCall) openapi.ToolResult {
	r := openapi.ToolResult{ToolCallID: call.ToolCallID, ToolName: call.ToolName}
	value, err := t.value(ctx, call)
	if err == nil {
		r.Result, err = json.Marshal(value)
	}
	if err != nil {
		r.Result, r.Error = nil, new(err.Error())
	}
	return r
}

// value is what a tool gives. A panic is the tool's fault, and an error.
func (t Tools) value(ctx context.Context, call openapi.UIToolCall) (value any, err error) {
	tool, ok := t[call.ToolName]
	if !ok {
		return nil, fmt.Errorf("no handler for tool: %s", call.ToolName)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the tool panicked: %v", p)
		}
	}()
	return tool(ctx, call.Args)
}
