package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var toolSuite = []hostTopic{
	{"a tool call is a barrier", callBarrier},
	{"a tool call waits until it is durable", callDurable},
	{"tool results", toolResults},
	{"tool results in any order", resultsInAnyOrder},
	{"a tool result is in the log before Wait returns", resultFirst},
	{"a tool result is taken once", resultOnce},
	{"a tool call that is open is not opened again", callAgain},
	{"a cancelled Wait withdraws a tool call", withdrawsCall},
	{"an interrupt ends a Wait for a tool", interruptCall},
	{"a tool call fails after a failed append", callFails},
}

func toolCall(id string) adapters.ToolCall {
	return adapters.ToolCall{ID: id, Name: "tool of " + id, Arguments: json.RawMessage(`{"a":1}`), Source: openapi.ToolSourceAgent}
}

func toolResult(result string) adapters.ToolResult {
	return adapters.ToolResult{Status: openapi.ToolStatusCompleted, Result: json.RawMessage(result)}
}

// callBarrier: when CallTool returns, the call and all that was emitted before are in the log, with what it says of itself.
func callBarrier(t *testing.T, h *hostTest) {
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		call := toolCall("c")
		call.NativeItemID, call.Thread, call.OutputVariable, call.BlockIndex = "a", "side", "ANSWER", new(0)
		h.no(host.Emit(startedOutput("a")))
		h.no(host.Emit(completedOutput("a", "all")))
		_, err := host.CallTool(call)
		h.no(err)
		h.is(h.said(), "item.started a", "item.completed a", "tool.requested c")
	})
	h.over(returned)
	var item string
	for _, e := range h.Log() {
		Valid(t, e)
		switch d := e.Data.(type) {
		case openapi.ItemCompletedData:
			item = d.Item.ItemID
		case openapi.ToolRequestedData:
			want := openapi.ToolRequestedData{
				ToolCallID: "c", Name: "tool of c", Arguments: json.RawMessage(`{"a":1}`), Source: openapi.ToolSourceAgent,
				ItemID: item, Thread: "side", OutputVariable: "ANSWER", BlockIndex: new(0),
			}
			if !reflect.DeepEqual(d, want) {
				t.Errorf("the log has the call %+v, want %+v", d, want)
			}
		}
	}
}

func callDurable(_ *testing.T, h *hostTest) {
	h.asksLate(func(host adapters.Host) error { _, err := host.CallTool(toolCall("c")); return err })
}

func toolResults(t *testing.T, h *hostTest) {
	for id, want := range map[string]adapters.ToolResult{
		"object": toolResult(`{"temperature":21}`),
		"null":   toolResult(`null`),
		"failed": {Status: openapi.ToolStatusFailed, Result: json.RawMessage(`null`), Error: "no such city"},
	} {
		var got adapters.ToolResult
		returned := h.turn(func(ctx context.Context, host adapters.Host) {
			call, err := host.CallTool(toolCall(id))
			h.no(err)
			got, err = call.Wait(ctx)
			h.no(err)
		})
		h.blocked(returned)
		h.no(h.AnswerTool(id, want))
		h.over(returned)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("the agent heard %+v, want %+v", got, want)
		}
		resolved := "tool.resolved " + id + " " + string(want.Status) + " " + string(want.Result) + " " + want.Error
		if !slices.Contains(h.said(), resolved) {
			t.Errorf("no %q in the log: %q", resolved, h.said())
		}
	}
}

// resultsInAnyOrder: several calls are open, and each result reaches its own.
func resultsInAnyOrder(t *testing.T, h *hostTest) {
	ids := []string{"first", "second", "third"}
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		var calls []adapters.Pending[adapters.ToolResult]
		for _, id := range ids {
			call, err := host.CallTool(toolCall(id))
			h.no(err)
			calls = append(calls, call)
		}
		for i, call := range calls {
			if got, err := call.Wait(ctx); err != nil || string(got.Result) != `"`+ids[i]+`"` {
				t.Errorf("%s: %+v, %v", ids[i], got, err)
			}
		}
	})
	for _, id := range []string{"third", "first", "second"} {
		h.blocked(returned)
		h.no(h.AnswerTool(id, toolResult(`"`+id+`"`)))
	}
	h.over(returned)
	h.is(h.said(), "tool.requested first", "tool.requested second", "tool.requested third",
		`tool.resolved third completed "third" `, `tool.resolved first completed "first" `, `tool.resolved second completed "second" `)
}

// resultFirst: what the agent knows of a result, the log knows already.
func resultFirst(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		call, err := host.CallTool(toolCall("c"))
		h.no(err)
		_, err = call.Wait(ctx)
		h.no(err)
		h.is(h.said(), "tool.requested c", "tool.resolved c completed 1 ")
	})
	h.blocked(returned)
	resume := h.Stall()
	defer resume()
	answered := make(chan error, 1)
	go func() { answered <- h.AnswerTool("c", toolResult("1")) }()
	h.blocked(returned)
	if len(answered) > 0 {
		t.Errorf("the result was accepted before it was durable: %v", <-answered)
	}
	resume()
	h.over(returned)
	h.no(<-answered)
}

func resultOnce(t *testing.T, h *hostTest) {
	done := make(chan struct{})
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		call, err := host.CallTool(toolCall("c"))
		h.no(err)
		_, err = host.AskPermission(permissionRequest("p"))
		h.no(err)
		<-done
		if got, err := call.Wait(ctx); err != nil || string(got.Result) != "1" {
			t.Errorf("%+v, %v", got, err)
		}
	})
	h.blocked(returned)
	if h.AnswerTool("nobody", toolResult("0")) == nil || h.AnswerTool("p", toolResult("0")) == nil {
		t.Error("a result was accepted for what is no open call")
	}
	if h.AnswerPermission("c", openapi.PermissionReplyOnce) == nil {
		t.Error("a call was answered as a permission")
	}
	h.no(h.AnswerTool("c", toolResult("1")))
	if h.AnswerTool("c", toolResult("2")) == nil {
		t.Error("a second result was accepted")
	}
	h.no(h.AnswerPermission("p", openapi.PermissionReplyOnce))
	close(done)
	h.over(returned)
}

func callAgain(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		call, err := host.CallTool(toolCall("c"))
		h.no(err)
		if _, err := host.CallTool(toolCall("c")); err == nil {
			t.Error("an open call was opened again")
		}
		_, err = call.Wait(ctx)
		h.no(err)
	})
	h.blocked(returned)
	h.no(h.AnswerTool("c", toolResult("1")))
	h.over(returned)
	h.is(h.said(), "tool.requested c", "tool.resolved c completed 1 ")
}

// withdrawsCall: the server resolves what the agent does not wait for any more, in a turn that goes on.
func withdrawsCall(t *testing.T, h *hostTest) {
	done := make(chan struct{})
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		call, err := host.CallTool(toolCall("c"))
		h.no(err)
		waiting, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := call.Wait(waiting); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait returns %v, want context.Canceled", err)
		}
		<-done
	})
	h.blocked(returned)
	h.cancelled("c")
	if h.AnswerTool("c", toolResult("1")) == nil {
		t.Error("a result of a withdrawn call was accepted")
	}
	close(done)
	h.over(returned)
}

func interruptCall(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		call, err := host.CallTool(toolCall("c"))
		h.no(err)
		if _, err := call.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait returns %v, want context.Canceled", err)
		}
	})
	h.blocked(returned)
	h.Interrupt()
	h.over(returned)
	h.cancelled("c")
}

// cancelled expects a log of one call that nobody has answered, and that was taken back.
func (h *hostTest) cancelled(id string) {
	h.test.Helper()
	said := h.settled()
	want := "tool.resolved " + id + " cancelled null "
	if len(said) != 2 || said[0] != "tool.requested "+id || said[1] != want+"the call was abandoned" {
		h.test.Errorf("the log is %q", said)
	}
}

func callFails(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		call, err := host.CallTool(toolCall("c"))
		h.no(err)
		h.Fail(errors.New("disk full"))
		if _, err := host.CallTool(toolCall("d")); err == nil {
			t.Error("CallTool succeeds after an append has failed")
		}
		if got, err := call.Wait(ctx); err == nil {
			t.Errorf("Wait gives %+v after an append has failed", got)
		}
	})
	h.over(returned)
}
