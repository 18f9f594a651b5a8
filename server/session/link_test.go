package session

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// callItem is the agent's own item of a call, before its arguments are known or after.
func callItem(id, args string, whole bool) openapi.Output {
	item := openapi.Item{
		NativeItemID: new("native_" + id),
		Kind:         openapi.ItemKindToolCall,
		Role:         new(openapi.ItemRoleAssistant),
		Content:      openapi.Parts(openapi.ToolCallPart{Name: "get", CallID: id, Arguments: args}),
	}
	if whole {
		item.Status = openapi.ItemStatusCompleted
		return openapi.ItemCompleted{Item: item}
	}
	return openapi.ItemStarted{Item: item}
}

func resultItem(id string) openapi.Output {
	return openapi.ItemCompleted{Item: openapi.Item{
		NativeItemID: new("result_" + id),
		Kind:         openapi.ItemKindToolResult,
		Role:         new(openapi.ItemRoleTool),
		Status:       openapi.ItemStatusCompleted,
		Content:      openapi.Parts(openapi.ToolResultPart{CallID: id}),
	}}
}

// caller is an agent whose calls come by two ways, in the order that a test wants.
type caller struct {
	ctx  context.Context
	w    *world
	h    adapters.Host
	made []<-chan made
}

// tells lets the agent tell of a call.
func (c *caller) tells(out ...openapi.Output) {
	for _, o := range out {
		if err := c.h.Emit(o); err != nil {
			c.w.t.Error(err)
		}
	}
	synctest.Wait()
}

// calls lets it call, and goes on at once.
func (c *caller) calls(args string) {
	c.made = append(c.made, c.w.call(c.ctx, args))
	synctest.Wait()
}

// A call is linked to the item that the agent tells of it, whichever comes first, and has the id that it has there.
func TestLinkedCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		play func(*caller)
		want []string // the ids of the calls; empty = the server's own
	}{
		"the item first": {func(c *caller) {
			c.tells(callItem("a", `{"x":1}`, true))
			c.calls(`{ "x": 1.0 }`)
		}, []string{"a"}},
		"the call first": {func(c *caller) {
			c.calls(`{"x":1}`)
			c.tells(say("m", "something else"), callItem("a", `{"x":1}`, true))
		}, []string{"a"}},
		"the call between the beginning of the item and its arguments": {func(c *caller) {
			c.tells(callItem("a", ``, false))
			c.calls(`{"x":1}`)
			c.tells(callItem("a", `{"x":1}`, true))
		}, []string{"a"}},
		"no item": {func(c *caller) { c.calls(`{}`) }, []string{""}},
		"other arguments": {func(c *caller) {
			c.tells(callItem("a", `{"x":1}`, true))
			c.calls(`{"x":"1"}`)
		}, []string{"a"}},
		"another tool's item": {func(c *caller) {
			other := callItem("a", `{}`, true).(openapi.ItemCompleted)
			other.Item.Content = openapi.Parts(openapi.ToolCallPart{Name: "put", CallID: "a", Arguments: `{}`})
			c.tells(other)
			c.calls(`{}`)
		}, []string{""}},
		"an item that has its result": {func(c *caller) {
			c.tells(callItem("a", `{}`, true), resultItem("a"))
			c.calls(`{}`)
		}, []string{""}},
		"two that are the same": {func(c *caller) {
			c.calls(`{}`)
			c.tells(callItem("a", `{}`, true))
			c.calls(`{}`)
			c.tells(callItem("b", `{}`, true))
		}, []string{"a", "b"}},
		"two that are the same, the items first": {func(c *caller) {
			c.tells(callItem("a", `{}`, true), callItem("b", `{}`, true))
			c.calls(`{}`)
			c.calls(`{}`)
		}, []string{"a", "b"}},
		"two in the other order": {func(c *caller) {
			c.tells(callItem("a", `{"x":1}`, true), callItem("b", `{"x":2}`, true))
			c.calls(`{"x":2}`)
			c.calls(`{"x":1}`)
		}, []string{"b", "a"}},
		"one of two items has other arguments": {func(c *caller) {
			c.tells(callItem("a", `{"x":1}`, true), callItem("b", `{"x":2}`, true))
			c.calls(`{"x":2,"y":null}`)
			c.calls(`{"x":1}`)
		}, []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { playLinked(t, c.play, c.want) })
		})
	}
}

// playLinked plays a turn whose calls get their own ids as results.
func playLinked(t *testing.T, play func(*caller), want []string) {
	w := newToolWorld(t)
	w.puppet.scripts["go"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		c := &caller{ctx: ctx, w: w, h: h}
		play(c)
		for i, made := range c.made {
			if got := <-made; got.err != nil || want[i] != "" && !slices.Contains(want, string(got.result[1:len(got.result)-1])) {
				t.Errorf("call %d got %s, %v", i, got.result, got.err)
			}
		}
		return completed, nil
	}
	w.createWithTools("s")
	w.send("s", "go")
	items := map[string]string{}
	n := 0
	w.await("s", func(e openapi.Event) bool {
		switch d := e.Data.(type) {
		case openapi.ItemStartedData:
			items[d.Item.ItemID] = *d.Item.NativeItemID
		case openapi.ToolRequestedData:
			checkLink(t, d, want[n], items[d.ItemID])
			w.results("s", openapi.ToolResult{ToolCallID: d.ToolCallID, Result: json.RawMessage(`"` + d.ToolCallID + `"`)})
			n++
		}
		return e.Type() == openapi.EventTurnEnded
	})
	if n != len(want) {
		t.Errorf("%d calls, want %d", n, len(want))
	}
	w.sameFold("s")
}

func checkLink(t *testing.T, d openapi.ToolRequestedData, want, item string) {
	t.Helper()
	if d.Source != openapi.ToolSourceAgent || d.Name != "get" {
		t.Errorf("got %+v", d)
	}
	if want == "" && (d.ItemID != "" || d.ToolCallID == "" || d.ToolCallID == "a") {
		t.Errorf("got %+v, want a call of no item", d)
	}
	if want != "" && (d.ToolCallID != want || item != "native_"+want) {
		t.Errorf("got %+v of %q, want %q", d, item, want)
	}
}
