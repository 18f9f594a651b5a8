package adaptertest

import (
	"context"
	"errors"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var endSuite = []hostTopic{
	{"interrupt cancels ctx", interruptCancels},
	{"emit works after an interrupt", lastWords},
	{"ask works after an interrupt", askAfterInterrupt},
	{"an interrupt ends a Wait", interruptWait},
	{"the next turn", nextTurn},
}

func interruptCancels(_ *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, _ adapters.Host) { <-ctx.Done() })
	h.blocked(returned)
	h.Interrupt()
	h.over(returned)
}

// lastWords are as many as an agent has to say.
func lastWords(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		h.no(host.Emit(startedOutput("a")))
		<-ctx.Done()
		for range 200 {
			h.no(host.Emit(deltaOutput("a", "bye")))
		}
		h.no(host.Emit(completedOutput("a", "all")))
	})
	h.blocked(returned)
	h.Interrupt()
	h.over(returned)
	said := h.settled()
	if len(said) != 202 || said[201] != "item.completed a" {
		t.Errorf("%d events, the last one %q", len(said), said[len(said)-1])
	}
}

// askAfterInterrupt is pointless and harmless: the answer is that nobody answers.
func askAfterInterrupt(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		<-ctx.Done()
		p, err := host.AskPermission(permissionRequest("p"))
		if err != nil {
			return
		}
		if reply, err := p.Wait(ctx); err == nil {
			t.Errorf("Wait gives %q after an interrupt", reply)
		}
	})
	h.blocked(returned)
	h.Interrupt()
	h.over(returned)
}

func interruptWait(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		p, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		if _, err := p.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait returns %v, want context.Canceled", err)
		}
		h.no(host.Emit(completedOutput("a", "all")))
	})
	h.blocked(returned)
	h.Interrupt()
	h.over(returned)
	h.is(h.settled(), "permission.requested p", "permission.resolved p reject", "item.completed a")
}

// nextTurn has a host of its own: native ids begin anew, and its ctx is whole.
func nextTurn(t *testing.T, h *hostTest) {
	h.over(h.turn(func(_ context.Context, host adapters.Host) { h.no(host.Emit(completedOutput("a", "one"))) }))
	h.over(h.turn(func(ctx context.Context, host adapters.Host) {
		if ctx.Err() != nil {
			t.Error("the turn begins interrupted")
		}
		h.no(host.Emit(completedOutput("a", "other")))
	}))
	h.is(h.settled(), "item.completed a", "item.completed a")
	ids := map[string]bool{}
	for _, e := range h.Log() {
		if done, ok := e.Data.(openapi.ItemCompletedData); ok && !isUser(done.Item) {
			ids[done.Item.ItemID] = true
		}
	}
	if len(ids) != 2 {
		t.Errorf("the items of two turns have the ids %v", ids)
	}
}
