package session

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var get = openapi.ClientTool{Name: "get", Description: "Get it", InputSchema: json.RawMessage(`{"type":"object"}`)}

// newToolWorld is a world whose agents can be offered tools of the client.
func newToolWorld(t testing.TB) *world {
	w := newWorld(t)
	w.restart(Config{ToolsURL: "http://127.0.0.1:7/mcp"})
	return w
}

func (w *world) createWithTools(id string) {
	w.t.Helper()
	req := openapi.CreateSessionRequest{Agent: "puppet", ClientTools: []openapi.ClientTool{get}}
	if _, err := w.Create(w.t.Context(), id, req, Idempotency{}); err != nil {
		w.t.Fatal(err)
	}
}

// toolKey is what the agent that was opened last shows at the tool server.
func (p *puppet) toolKey() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.TrimPrefix(p.opened[len(p.opened)-1].MCP["parley"].Headers["Authorization"], "Bearer ")
}

// made is what a call of a tool gave.
type made struct {
	result json.RawMessage
	err    error
}

// call calls the tool as the tool server does, with the key of the newest agent.
func (w *world) call(ctx context.Context, args string) <-chan made {
	over := make(chan made, 1)
	key := w.puppet.toolKey()
	go func() {
		result, err := w.CallTool(ctx, key, "get", json.RawMessage(args))
		over <- made{result, err}
	}()
	return over
}

// callsOne is a turn with one call of an agent that has told of it, which says what came of it.
func (w *world) callsOne(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	if err := h.Emit(callItem("a", `{}`, true)); err != nil {
		return completed, err
	}
	got := <-w.call(ctx, `{}`)
	if ctx.Err() != nil {
		return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
	}
	if got.err != nil {
		return completed, h.Emit(say("m", "error "+got.err.Error()))
	}
	return completed, h.Emit(say("m", "result "+string(got.result)))
}

// waiting is a world in which a call of the session s waits.
func newWaiting(t *testing.T) *world {
	t.Helper()
	w := newToolWorld(t)
	w.puppet.scripts["call"] = w.callsOne
	w.createWithTools("s")
	w.send("s", "call")
	w.awaitCalls("s", 1)
	return w
}

// What the agent is told of the server of the tools.
func TestToolsAreOffered(t *testing.T) {
	t.Parallel()
	w := newToolWorld(t)
	mcp := map[string]openapi.MCPServer{"mine": {Type: "local", Command: openapi.MCPCommand{"true"}}}
	req := openapi.CreateSessionRequest{Agent: "puppet", MCP: mcp, ClientTools: []openapi.ClientTool{get}}
	if _, err := w.Create(t.Context(), "s", req, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	w.send("s", "hello")
	w.awaitEnds("s", 1)
	o := w.puppet.opened[0]
	server := o.MCP["parley"]
	if o.ToolServer != "parley" || len(o.ClientTools) != 1 || o.ClientTools[0] != "get" || len(o.MCP) != 2 ||
		server.URL != "http://127.0.0.1:7/mcp" || server.TimeoutMs != 24*60*60*1000 || !server.OAuth.Disabled {
		t.Errorf("got %+v", o)
	}
	tools, ok := w.ClientTools(w.puppet.toolKey())
	if !ok || len(tools) != 1 || tools[0].Name != "get" {
		t.Errorf("got %v, %v", tools, ok)
	}
	info, err := w.Get(t.Context(), "s")
	if err != nil || len(info.MCP) != 1 || len(info.ClientTools) != 1 {
		t.Errorf("the key is shown: %+v, %v", info, err)
	}
}

func TestSessionWithoutTools(t *testing.T) {
	t.Parallel()
	w := newToolWorld(t)
	w.create("s")
	w.send("s", "hello")
	w.awaitEnds("s", 1)
	if o := w.puppet.opened[0]; o.ToolServer != "" || o.MCP["parley"].URL != "" {
		t.Errorf("got %+v", o)
	}
	if _, ok := w.ClientTools(""); ok {
		t.Error("an empty key is taken")
	}
	if got := <-w.call(t.Context(), `{}`); got.err == nil {
		t.Error("called without a key")
	}
}

// The first result goes to the agent, and no other is taken.
func TestResultsOfTheAgentsCalls(t *testing.T) {
	t.Parallel()
	bad := "no luck"
	for name, c := range map[string]struct {
		result openapi.ToolResult
		want   string
		status openapi.ToolStatus
	}{
		"completed": {openapi.ToolResult{Result: json.RawMessage(`{"n":1}`)}, `result {"n":1}`, openapi.ToolStatusCompleted},
		"void":      {openapi.ToolResult{}, `result null`, openapi.ToolStatusCompleted},
		"failed":    {openapi.ToolResult{Error: &bad}, `error no luck`, openapi.ToolStatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWaiting(t)
			info, err := w.Get(t.Context(), "s")
			if err != nil || info.Status != openapi.SessionStatusWaiting || info.PendingRequests != 1 {
				t.Errorf("got %+v, %v", info, err)
			}
			c.result.ToolCallID = "a"
			w.results("s", c.result)
			if _, err := w.ToolResults(t.Context(), "s", "", []openapi.ToolResult{c.result}, Idempotency{}); refusedBy(err) != CodeInvalidRequest {
				t.Errorf("a second result: %v", err)
			}
			events := w.awaitEnds("s", 1)
			resolved, _ := w.lastOf(events, openapi.EventToolResolved).Data.(openapi.ToolResolvedData)
			said, _ := w.lastOf(events, openapi.EventItemCompleted).Data.(openapi.ItemCompletedData)
			if resolved.Status != c.status || resolved.ToolCallID != "a" || text(said.Item) != c.want {
				t.Errorf("got %+v, the agent said %q", resolved, text(said.Item))
			}
			w.sameFold("s")
		})
	}
}

// lastOf is the last event of a type; there must be only one of tool.resolved.
func (w *world) lastOf(events []openapi.Event, kind string) (last openapi.Event) {
	w.t.Helper()
	n := 0
	for _, e := range events {
		if e.Type() == kind {
			last = e
			n++
		}
	}
	if n == 0 || n > 1 && kind == openapi.EventToolResolved {
		w.t.Errorf("%d times %s:\n%s", n, kind, show(events))
	}
	return last
}

// A call that the agent does not wait for any more is taken back, and its turn goes on.
func TestCallThatIsWithdrawn(t *testing.T) {
	t.Parallel()
	w := newToolWorld(t)
	leave := make(chan struct{})
	w.puppet.scripts["call"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if err := h.Emit(callItem("a", `{}`, true)); err != nil {
			return completed, err
		}
		over := w.call(ctx, `{}`)
		<-leave
		cancel()
		if got := <-over; got.err == nil {
			t.Errorf("got %s", got.result)
		}
		return completed, nil
	}
	w.createWithTools("s")
	w.send("s", "call")
	w.awaitCalls("s", 1)
	close(leave)
	w.endsWith(w.awaitEnds("s", 1), openapi.ToolStatusCancelled, openapi.TurnStatusCompleted)
}

// endsWith checks what became of the one call and of the last turn.
func (w *world) endsWith(events []openapi.Event, call openapi.ToolStatus, turn openapi.TurnStatus) {
	w.t.Helper()
	resolved, _ := w.lastOf(events, openapi.EventToolResolved).Data.(openapi.ToolResolvedData)
	ended, _ := w.lastOf(events, openapi.EventTurnEnded).Data.(openapi.TurnEndedData)
	if resolved.Status != call || resolved.Error == "" || ended.Status != turn {
		w.t.Errorf("got %+v, %+v:\n%s", resolved, ended, show(events))
	}
	w.sameFold("s")
}

func TestCallOfAnInterruptedTurn(t *testing.T) {
	t.Parallel()
	w := newWaiting(t)
	if err := w.Interrupt(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	w.endsWith(w.awaitEnds("s", 1), openapi.ToolStatusCancelled, openapi.TurnStatusInterrupted)
}

func TestCallOfATerminatedSession(t *testing.T) {
	t.Parallel()
	w := newWaiting(t)
	key := w.puppet.toolKey()
	if err := w.Terminate(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	w.endsWith(w.await("s", typed(openapi.EventSessionEnded)), openapi.ToolStatusCancelled, openapi.TurnStatusInterrupted)
	if _, ok := w.ClientTools(key); ok {
		t.Error("the key outlives the agent")
	}
}

// A turn that ends by itself takes the call back that nobody waited for.
func TestCallThatOutlivesItsTurn(t *testing.T) {
	t.Parallel()
	w := newToolWorld(t)
	var left <-chan made
	w.puppet.scripts["call"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		err := h.Emit(callItem("a", `{}`, true))
		left = w.call(t.Context(), `{}`)
		w.awaitCalls("s", 1)
		return completed, err
	}
	w.createWithTools("s")
	w.send("s", "call")
	w.endsWith(w.awaitEnds("s", 1), openapi.ToolStatusCancelled, openapi.TurnStatusCompleted)
	if got := <-left; got.err == nil {
		t.Errorf("got %s", got.result)
	}
	if got := <-w.call(t.Context(), `{}`); refusedBy(got.err) != CodeInvalidRequest || !strings.Contains(got.err.Error(), "no turn runs") {
		t.Errorf("between turns: %v", got.err)
	}
}

// A call does not outlive the server: a stop and a crash are told in the same words, and the session goes on.
func TestCallOfARestartedServer(t *testing.T) {
	t.Parallel()
	requested := called("a").(openapi.ToolRequestedData)
	requested.Source = openapi.ToolSourceAgent
	for name, restart := range map[string]func(*world){
		"stopped": func(w *world) {
			w.send("s", "call")
			w.awaitCalls("s", 1)
			w.restart(Config{ToolsURL: "http://127.0.0.1:7/mcp"})
		},
		"killed": func(w *world) { w.crash("s", "turn_1", began("turn_1"), requested) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newToolWorld(t)
			w.puppet.scripts["call"] = w.callsOne
			w.createWithTools("s")
			restart(w)
			events := w.awaitEnds("s", 1)
			w.endsWith(events, openapi.ToolStatusFailed, openapi.TurnStatusFailed)
			resolved, _ := w.lastOf(events, openapi.EventToolResolved).Data.(openapi.ToolResolvedData)
			if resolved.Error != "server_restarted" || *events[len(events)-2].Data.(openapi.ErrorData).Code != "server_restarted" {
				t.Errorf("got %+v:\n%s", resolved, show(events))
			}
			w.send("s", "hello")
			w.awaitEnds("s", 2)
			w.sameFold("s")
		})
	}
}

// A server that is about to end ends the turns with calls first; what waits for them is left to the next start.
func TestEndCalls(t *testing.T) {
	t.Parallel()
	w := newWaiting(t)
	w.create("other")
	w.send("other", "hold")
	w.send("s", "waits")
	w.EndCalls()
	w.endsWith(w.awaitEnds("s", 1), openapi.ToolStatusFailed, openapi.TurnStatusFailed)
	<-w.ownerOf("s")
	if info, err := w.Get(t.Context(), "s"); err != nil || info.Status != openapi.SessionStatusQueued {
		t.Errorf("got %+v, %v", info, err)
	}
	if info, err := w.Get(t.Context(), "other"); err != nil || info.Status != openapi.SessionStatusRunning {
		t.Errorf("got %+v, %v", info, err)
	}
	w.send("s", "call") // it waits behind the one that waits already
	w.awaitEnds("s", 3)
	w.sameFold("s")
}

// A key is void when its agent was closed or another one was opened.
func TestKeysOfFormerAgents(t *testing.T) {
	t.Parallel()
	w := newToolWorld(t)
	w.puppet.scripts["fail"] = func(context.Context, adapters.Input, adapters.Host) (adapters.Outcome, error) {
		return completed, context.DeadlineExceeded // an agent that fails is closed
	}
	w.createWithTools("s")
	w.createWithTools("other")
	var keys []string
	for _, text := range []string{"hello", "fail", "hello"} {
		w.send("s", text)
		w.awaitEnds("s", len(keys)+1)
		keys = append(keys, w.puppet.toolKey())
	}
	w.send("other", "hello")
	w.awaitEnds("other", 1)
	if keys[0] != keys[1] || keys[1] == keys[2] || keys[2] == w.puppet.toolKey() {
		t.Errorf("got the keys %q", keys)
	}
	for _, key := range keys[:2] {
		if _, ok := w.ClientTools(key); ok {
			t.Error("the key of a former agent is taken")
		}
	}
	if _, ok := w.ClientTools(keys[2]); !ok {
		t.Error("the key of the agent is not taken")
	}
	if err := w.Delete(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.ClientTools(keys[2]); ok {
		t.Error("the key of a deleted session is taken")
	}
}

// A client that triggers anew in the place of a result has given the call up.
func TestTriggerGivesACallUp(t *testing.T) {
	t.Parallel()
	w := newWaiting(t)
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("hello")}, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	events := w.awaitEnds("s", 2)
	w.endsWith(events, openapi.ToolStatusCancelled, openapi.TurnStatusCompleted)
	var got []string
	for _, e := range events[7:] {
		if !strings.HasPrefix(e.Type(), "item.") {
			got = append(got, strings.Join(strings.Fields(line(e))[1:], " "))
		}
	}
	want := "server turn_2 message.queued hello|server turn_1 tool.resolved|server turn_1 turn.ended interrupted|" +
		"server turn_2 turn.started|server turn_2 turn.ended completed"
	if strings.Join(got, "|") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.ReplaceAll(want, "|", "\n"))
	}
}

// A trigger that may wait, and a message, wait for the call as for any turn.
func TestMessageWaitsForACall(t *testing.T) {
	t.Parallel()
	w := newWaiting(t)
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("one"), Queue: true}, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	w.send("s", "two")
	if _, err := w.Trigger(t.Context(), "s", TriggerRequest{Trigger: userTrigger("three")}, Idempotency{}); refusedBy(err) != CodeSessionBusy {
		t.Errorf("got %v", err)
	}
	w.results("s", results("a")...)
	events := w.awaitEnds("s", 3)
	for _, e := range events {
		if d, ok := e.Data.(openapi.TurnEndedData); ok && d.Status != openapi.TurnStatusCompleted {
			t.Errorf("got\n%s", show(events))
		}
	}
}

func TestToolsThatAreRefused(t *testing.T) {
	t.Parallel()
	tool := func(name, schema string) openapi.ClientTool {
		return openapi.ClientTool{Name: name, Description: "d", InputSchema: json.RawMessage(schema)}
	}
	own := map[string]openapi.MCPServer{"parley": {Type: "local", Command: openapi.MCPCommand{"true"}}}
	for name, c := range map[string]struct {
		tools  []openapi.ClientTool
		mcp    map[string]openapi.MCPServer
		detail string
	}{
		"twice":           {[]openapi.ClientTool{get, get}, nil, "clientTools: there are two of the name get"},
		"no name":         {[]openapi.ClientTool{tool("", `{"type":"object"}`)}, nil, `clientTools: the name "" must be`},
		"a bad name":      {[]openapi.ClientTool{tool("a b", `{"type":"object"}`)}, nil, `clientTools: the name "a b" must be`},
		"no schema":       {[]openapi.ClientTool{tool("x", ``)}, nil, "clientTools: inputSchema of x: "},
		"a bad schema":    {[]openapi.ClientTool{tool("x", `{"type":7}`)}, nil, "clientTools: inputSchema of x: "},
		"a bad reference": {[]openapi.ClientTool{tool("x", `{"type":"object","properties":{"a":{"$ref":"#/$defs/none"}}}`)}, nil, "clientTools: inputSchema of x: "},
		"a bad pattern":   {[]openapi.ClientTool{tool("x", `{"type":"object","properties":{"a":{"pattern":"("}}}`)}, nil, "clientTools: inputSchema of x: "},
		"no object":       {[]openapi.ClientTool{tool("x", `{"type":"string"}`)}, nil, "clientTools: inputSchema of x: the type must be object"},
		"no type":         {[]openapi.ClientTool{tool("x", `{}`)}, nil, "clientTools: inputSchema of x: the type must be object"},
		"a boolean":       {[]openapi.ClientTool{tool("x", `true`)}, nil, "clientTools: inputSchema of x: the type must be object"},
		"a taken server":  {[]openapi.ClientTool{get}, own, "mcp: a session with clientTools has a server parley of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := openapi.CreateSessionRequest{Agent: "puppet", ClientTools: c.tools, MCP: c.mcp}
			_, err := newToolWorld(t).Create(t.Context(), "s", req, Idempotency{})
			if e := wantCode(t, err, CodeInvalidRequest); !strings.HasPrefix(e.Detail, c.detail) {
				t.Errorf("got %q, want %q", e.Detail, c.detail)
			}
		})
	}
}

// A session of the other family has tools by its input, which no document describes.
func TestToolsByInput(t *testing.T) {
	t.Parallel()
	w := newToolWorld(t)
	create := func(id, name string) error {
		tool := map[string]any{"name": name, "description": "d", "inputSchema": map[string]any{"type": "object"}}
		input := map[string]any{"clientTools": []any{tool}}
		return w.CreateAgentSession(t.Context(), id, openapi.CreateAgentSessionRequest{AgentID: "puppet", Input: input}, Idempotency{})
	}
	if err := create("s", "get"); err != nil {
		t.Fatal(err)
	}
	info, err := w.Get(t.Context(), "s")
	if err != nil || len(info.ClientTools) != 1 || string(info.ClientTools[0].InputSchema) != `{"type":"object"}` {
		t.Errorf("got %+v, %v", info.ClientTools, err)
	}
	if err := create("other", "a b"); refusedBy(err) != CodeInvalidRequest {
		t.Errorf("got %v", err)
	}
}

func TestToolsThatCannotBeOffered(t *testing.T) {
	t.Parallel()
	req := openapi.CreateSessionRequest{Agent: "puppet", ClientTools: []openapi.ClientTool{get}}
	_, err := newWorld(t).Create(t.Context(), "s", req, Idempotency{})
	if e := wantCode(t, err, CodeInvalidRequest); e.Detail != "clientTools: not supported by this server" {
		t.Errorf("got %q", e.Detail)
	}
	w := newToolWorld(t)
	w.restart(Config{ToolsURL: "http://127.0.0.1:7/mcp", Adapters: []adapters.Adapter{toolless{w.puppet}}})
	req.Agent = "toolless"
	_, err = w.Create(t.Context(), "s", req, Idempotency{})
	if e := wantCode(t, err, CodeInvalidRequest); e.Detail != "clientTools: not supported by agent toolless" {
		t.Errorf("got %q", e.Detail)
	}
}

// toolless takes no tools of the client.
type toolless struct{ *puppet }

func (toolless) Info(context.Context) adapters.Info {
	return adapters.Info{
		AgentInfo: openapi.AgentInfo{ID: "toolless", Installed: true}, PermissionModes: map[string]string{"default": "default"},
	}
}
