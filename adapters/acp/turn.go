package acp

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// turn plays one message. All of it runs in the goroutine of play, but for the waits for answers.
type turn struct {
	agent *agent
	conn  *conn
	host  adapters.Host

	id          string
	requests    int             // that were asked
	ctx         context.Context // of the waits
	cancel      context.CancelFunc
	interrupted bool  // the agent was asked to stop
	failed      error // of the host; nothing can be said any more

	answers chan func() // of the user, to be carried out here
	over    chan struct{}
	waits   sync.WaitGroup

	mu   sync.Mutex
	open map[string]context.CancelFunc // requests that wait for their answer
}

func newTurn(a *agent, c *conn, h adapters.Host) *turn {
	return &turn{
		agent: a, conn: c, host: h, answers: make(chan func()), over: make(chan struct{}), open: map[string]context.CancelFunc{},
	}
}

// play gives the agent the message and reads until the turn is over.
func (t *turn) play(ctx context.Context, in adapters.Input, replay string) (adapters.Outcome, error) {
	// An interrupt must reach the agent before the answers to what it asked: they are withdrawn by interrupt.
	t.ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer t.waits.Wait() // the host must not be used after the turn
	defer close(t.over)
	defer t.cancel()

	t.id = in.TurnID
	t.conn.convert.begin()
	t.name()
	if in.Number == 1 {
		t.checkVariant()
	}
	if t.failed != nil {
		return adapters.Outcome{}, t.failed
	}
	prompt := t.conn.Start(methodPrompt, object{"sessionId": t.conn.session, "prompt": t.prompt(in, replay)})
	outcome, err := t.follow(ctx, prompt)
	if t.failed != nil {
		return adapters.Outcome{}, t.failed
	}
	return outcome, err
}

// follow takes what the agent says until the turn is over.
func (t *turn) follow(ctx context.Context, prompt int64) (adapters.Outcome, error) {
	interrupt := ctx.Done()
	var patience <-chan time.Time
	for {
		select {
		case m, ok := <-t.conn.In():
			switch {
			case !ok:
				return t.died(ctx)
			case m.Start == prompt:
				return t.ended(&m), nil
			}
			t.message(&m)
		case answer := <-t.answers:
			answer()
		case <-interrupt:
			interrupt, patience = nil, time.After(t.agent.adapter.config.InterruptTimeout)
			t.interrupt()
		case <-patience:
			t.emit(t.conn.convert.cut()...)
			t.agent.drop(t.conn)
			return interrupted, nil
		}
	}
}

// interrupt asks the agent to stop, and takes back what it has asked. The answer to the prompt ends the turn.
func (t *turn) interrupt() {
	if !t.interrupted {
		t.interrupted = true
		t.conn.Notify(methodCancel, object{"sessionId": t.conn.session})
		t.cancel()
	}
}

// ended takes the answer to the prompt.
func (t *turn) ended(m *jsonrpc.Message) adapters.Outcome {
	if m.Error != nil && t.interrupted {
		t.emit(t.conn.convert.cut()...)
		return interrupted
	}
	if m.Error != nil {
		data := errorData(m.Error)
		if m.Error.Code == codeAuthRequired {
			data = t.conn.loggedOut(m.Error).ErrorData
		}
		t.emit(t.conn.convert.failed(data, m.Raw)...)
		return failed
	}
	var r promptResult
	_ = decode(m.Result, &r) // without a reason the turn is done
	outputs, status := t.conn.convert.ended(&r, t.conn.state.modelName(), m.Raw)
	t.emit(outputs...)
	return adapters.Outcome{Status: status}
}

// message takes anything else that the agent says.
func (t *turn) message(m *jsonrpc.Message) {
	switch {
	case m.Err != nil:
		t.emit(t.conn.convert.strange(m.Err.Error(), raw(m.Raw))...)
	case m.IsRequest():
		t.fail(t.request(m))
	case m.Method != "":
		t.notification(m)
	}
}

func (t *turn) notification(m *jsonrpc.Message) {
	switch m.Method {
	case methodUpdate:
		var n notification
		if err := decode(m.Params, &n); err != nil || n.Update.Kind == "" {
			t.emit(t.conn.convert.strange("update without a kind", m.Raw)...)
			return
		}
		if n.SessionID != "" && n.SessionID != t.conn.session {
			return // of a session that the agent keeps beside this one
		}
		t.conn.state.follow(&n.Update)
		t.emit(t.conn.convert.convert(&n.Update, m.Raw)...)
	case methodCancelRequest:
		var p struct {
			ID json.RawMessage `json:"requestId"`
		}
		_ = decode(m.Params, &p) // no id, no request
		t.withdraw(string(p.ID))
	default:
		if !isExtension(m.Method) {
			t.emit(t.conn.convert.unheard(m.Method, m.Raw)...)
		}
	}
}

// isExtension says whether a method is an agent's own, which the protocol lets who does not know it ignore.
func isExtension(method string) bool {
	return method[0] == '_' || method[0] == '$' || method == methodElicitationEnd
}

// name tells the host the agent's name for the session when it has changed.
func (t *turn) name() {
	if a := t.agent; a.told != a.native {
		a.told = a.native
		t.emit(openapi.NativeSession{ID: a.native})
	}
}

// checkVariant says once in a session that its variant means nothing here.
func (t *turn) checkVariant() {
	if why := t.conn.state.checkVariant(t.agent.options.Variant); why != "" {
		t.emit(t.conn.convert.note("variant", why)...)
	}
}

// died ends a turn whose process has ended.
func (t *turn) died(ctx context.Context) (adapters.Outcome, error) {
	t.emit(t.conn.convert.cut()...)
	exit := t.conn.exit(t.conn.name + " ended before the turn was over")
	switch {
	case t.agent.isClosed():
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return interrupted, nil
	}
	return adapters.Outcome{}, exit
}

// emit says something. When the host fails, the rest of the turn is played for nobody.
func (t *turn) emit(outputs ...openapi.Output) {
	for _, o := range outputs {
		if t.failed != nil {
			return
		}
		t.fail(t.host.Emit(o))
	}
}

func (t *turn) fail(err error) {
	if err != nil && t.failed == nil {
		t.failed = err
		t.interrupt()
	}
}
