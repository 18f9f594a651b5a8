package session

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/store/storetest"
)

// TestHost runs the suite of the seam's promises on the real session; the adapters' fake passes the same one.
func TestHost(t *testing.T) {
	t.Parallel()
	adaptertest.RunHost(t, func(t *testing.T) adaptertest.HostHarness {
		h := &harness{gate: &gate{Store: storetest.NewMemory()}}
		h.faulty = storetest.NewFaulty(h.gate)
		h.w = &world{t: t, store: h.faulty, puppet: &puppet{scripts: map[string]script{}}}
		h.w.start(Config{})
		h.w.create("s")
		return h
	})
}

// harness is a session whose agent is a test's function.
type harness struct {
	w      *world
	faulty *storetest.Faulty
	gate   *gate
	turns  int
}

func (h *harness) Turn(body adaptertest.TurnFunc) {
	h.turns++
	name := fmt.Sprint("turn ", h.turns)
	h.w.puppet.mu.Lock()
	h.w.puppet.scripts[name] = script(body)
	h.w.puppet.mu.Unlock()
	h.w.send("s", name)
}

func (h *harness) Log() []openapi.Event {
	page, err := h.w.Events(context.Background(), "s", 0, nil, false)
	h.w.must(err)
	var events []openapi.Event
	for _, r := range page.Records {
		events = append(events, decodeRecord(h.w.t, r))
	}
	return events
}

func (h *harness) AnswerPermission(id string, r openapi.PermissionReply) error {
	return h.w.ReplyPermission(context.Background(), "s", id, r, Idempotency{})
}

func (h *harness) AnswerQuestion(id string, answers [][]string) error {
	return h.w.ReplyQuestion(context.Background(), "s", id, answers, Idempotency{})
}

func (h *harness) RejectQuestion(id string) error {
	return h.w.RejectQuestion(context.Background(), "s", id, Idempotency{})
}

func (h *harness) AnswerTool(id string, r adapters.ToolResult) error {
	result := openapi.ToolResult{ToolCallID: id, Result: r.Result}
	if r.Error != "" {
		result.Error = &r.Error
	}
	_, err := h.w.ToolResults(context.Background(), "s", "", []openapi.ToolResult{result}, Idempotency{})
	return err
}

func (h *harness) Interrupt() { h.w.must(h.w.Interrupt(context.Background(), "s")) }

func (h *harness) Stall() (resume func()) { return h.gate.close() }

func (h *harness) Fail(err error) { h.faulty.Break(err) }

// gate is a store whose appends can be held.
type gate struct {
	store.Store
	mu   sync.Mutex
	open chan struct{} // nil = open
}

func (g *gate) close() (open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := make(chan struct{})
	g.open = c
	return sync.OnceFunc(func() { close(c) })
}

func (g *gate) Append(ctx context.Context, c store.Commit) error {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	if open != nil {
		<-open
	}
	return g.Store.Append(ctx, c)
}
