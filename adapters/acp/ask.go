package acp

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
)

// request takes a request of the agent. What is not known is refused, so that the agent does not wait for ever.
func (t *turn) request(m *jsonrpc.Message) error {
	switch {
	case t.interrupted:
		t.conn.dismiss(m)
	case m.Method == methodPermission:
		return t.askPermission(m.ID, m.Params, m.Raw)
	case m.Method == methodElicitation:
		return t.askForm(m.ID, m.Params, m.Raw)
	default:
		t.conn.dismiss(m)
	}
	return nil
}

// ask waits for an answer beside the turn, and hands the agent what it comes to. withdrawn is what the agent is told when there is none.
func ask[T any](t *turn, id json.RawMessage, pending adapters.Pending[T], withdrawn any, decide func(T) any) {
	ctx, cancel := t.withdrawable(string(id))
	t.waits.Go(func() {
		defer cancel()
		reply, err := pending.Wait(ctx)
		if err != nil {
			t.conn.Reply(id, withdrawn)
			return
		}
		select {
		case t.answers <- func() { t.conn.Reply(id, decide(reply)) }:
		case <-t.over:
			t.conn.Reply(id, withdrawn)
		}
	})
}

// requestID names a request for the session: the agent's own numbers begin again with every process.
func (t *turn) requestID(kind string) string {
	t.requests++
	return fmt.Sprintf("%s_%s_%d", t.id, kind, t.requests)
}

// withdrawable gives a request the context of its wait.
func (t *turn) withdrawable(id string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[id] = cancel
	return ctx, cancel
}

// withdraw takes a request back that the agent no longer wants to be answered.
func (t *turn) withdraw(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cancel := t.open[id]; cancel != nil {
		cancel()
	}
}
