package codex

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/openapi"
)

// early is a native turn whose end came before the answer to the request for one: it is that one, or the program has begun
// it by itself.
type early struct {
	native string
	end    turnEnd
}

// message takes one message of the program. The turn is over when it gives an outcome.
func (t *turn) message(m jsonrpc.Message) *adapters.Outcome {
	switch {
	case m.Err != nil:
		t.emit(unparsed(m))
		return t.lost(m)
	case m.Start != 0:
		return t.answered(m)
	case m.IsRequest():
		t.fail(t.request(m))
	default:
		return t.notified(m)
	}
	return nil
}

// answered takes the answer to a request of the turn's. An interrupt may come before the native turn has begun and be
// refused: it is sent again when that begins.
func (t *turn) answered(m jsonrpc.Message) *adapters.Outcome {
	if m.Start != t.starting {
		return nil
	}
	t.starting = 0
	if m.Error != nil {
		return t.refused(m)
	}
	var answer turnAnswer
	_ = ignoreShape(json.Unmarshal(m.Result, &answer)) // then its beginning says its name
	if t.early.native != "" && t.early.native == answer.Turn.ID {
		return t.ended(t.early.end)
	}
	t.began(answer.Turn.ID)
	return nil
}

// refused is a native turn that the program does not begin.
func (t *turn) refused(m jsonrpc.Message) *adapters.Outcome {
	t.running = false
	if t.unloaded = strings.HasPrefix(m.Error.Message, "thread not found"); !t.unloaded {
		t.emit(openapi.Failure{Data: openapi.ErrorData{Message: m.Error.Message, Code: new("agent_error")}, Raw: m.Raw})
	}
	return &adapters.Outcome{Status: openapi.TurnStatusFailed}
}

// turnEndHead begins the line that ends a native turn.
var turnEndHead = []byte(`{"method":"turn/completed"`)

// lost takes a line that is too long to be read. The end of a turn repeats its last message: it ends the turn all the same.
func (t *turn) lost(m jsonrpc.Message) *adapters.Outcome {
	if !errors.Is(m.Err, proc.ErrLineTooLong) || !bytes.HasPrefix(m.Raw, turnEndHead) || !bytes.Contains(m.Raw, []byte(t.thread)) {
		return nil
	}
	t.emit(t.conn.convert.cut()...)
	return t.ended(turnEnd{Status: openapi.TurnStatusCompleted})
}

// began is the beginning of the native turn, which is told twice: as an answer, and when it can be interrupted.
func (t *turn) began(native string) {
	if native == "" {
		return
	}
	t.conn.convert.began(native)
	t.mu.Lock()
	t.native = native
	t.mu.Unlock()
	if t.interrupted {
		t.interruptNative()
	}
}

// notified takes a notification.
func (t *turn) notified(m jsonrpc.Message) *adapters.Outcome {
	p := parse(m.Params)
	switch m.Method {
	case "serverRequest/resolved":
		t.withdraw(t.conn.requestID(p.RequestID))
	case "turn/started":
		t.started(p)
	case "turn/completed":
		delete(t.conn.children, p.ThreadID)
	}
	joins := t.joining(m.Method, p)
	outputs, end := t.conn.convert.convert(m.Method, p, m.Raw)
	t.emit(outputs...)
	if joins != nil && t.failed == nil {
		close(joins.said)
	}
	switch {
	case end == nil:
		return nil
	case t.starting != 0:
		t.early = early{p.turn(), *end}
		t.conn.convert.await()
		return nil
	}
	return t.ended(*end)
}

// started is the beginning of the native turn, or of a subagent's.
func (t *turn) started(p *params) {
	switch {
	case p.ThreadID != t.thread:
		t.conn.children[p.ThreadID] = p.turn()
	case t.starting == 0 && t.conn.convert.mine(p):
		t.began(p.turn())
	}
}

// ended is the end of the native turn. It ends the turn, unless a plan is to be carried out.
func (t *turn) ended(end turnEnd) *adapters.Outcome {
	t.mu.Lock()
	t.native = ""
	t.mu.Unlock()
	t.running = false
	if end.Plan != "" && end.Status == openapi.TurnStatusCompleted && !t.interrupted && t.planning() {
		t.fail(t.askPlan(end.Plan))
		if t.failed == nil {
			return nil
		}
	}
	return &adapters.Outcome{Status: end.Status}
}
