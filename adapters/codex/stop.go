package codex

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// interrupt asks the program to stop. The end of the native turn ends the turn.
func (t *turn) interrupt() {
	if t.interrupted {
		return
	}
	t.interrupted = true
	t.interruptNative()
	for thread, native := range t.conn.children {
		t.conn.rpc.Start("turn/interrupt", interruptParams{thread, native})
	}
	t.cancel()
}

func (t *turn) interruptNative() {
	if t.native != "" { // else its beginning is waited for
		t.conn.rpc.Start("turn/interrupt", interruptParams{t.thread, t.native})
	}
}

// died ends a turn whose process has ended.
func (t *turn) died(ctx context.Context) (adapters.Outcome, error) {
	t.emit(t.conn.convert.cut()...)
	t.agent.drop(t.conn)
	exit := program.Exit(t.conn.rpc.Process, "Codex ended before the turn was over")
	switch {
	case t.agent.isClosed():
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return interrupted, nil
	}
	return adapters.Outcome{}, exit
}

// location is where lines come from.
const location = "codex.stdout"

// unparsed keeps a line that is no message.
func unparsed(m jsonrpc.Message) openapi.Output {
	reason := m.Err
	if bad := (*proc.LineError)(nil); errors.As(reason, &bad) {
		reason = bad.Reason
	}
	raw := m.Raw
	if !json.Valid(raw) {
		raw, _ = json.Marshal(string(raw)) // a string: cannot fail
	}
	return openapi.Unparsed{Data: openapi.AgentUnparsedData{Error: reason.Error(), Location: location}, Raw: raw}
}
