package codex

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// turn plays one message. All of it runs in the goroutine of play, but for the waits for answers and Steer.
type turn struct {
	agent  *agent
	conn   *conn
	host   adapters.Host
	thread string // the session's own

	starting    int64             // the number of the request for a native turn that is not answered yet; 0 = none
	running     bool              // a native turn runs, or was asked for
	children    map[string]string // native turns of subagents that run, by their threads
	interrupted bool              // the program was asked to stop
	failed      error             // of the host; nothing can be said any more

	ctx     context.Context // of the waits
	cancel  context.CancelFunc
	over    context.Context // done when the turn is
	end     context.CancelFunc
	waits   sync.WaitGroup
	planned chan adapters.QuestionReply // what the user says to a plan

	mu     sync.Mutex
	native string                        // the native turn that runs; empty while there is none
	open   map[string]context.CancelFunc // requests that wait for their answer
	steers map[string]*steer             // messages on their way into the turn
}

var interrupted = adapters.Outcome{Status: openapi.TurnStatusInterrupted}

func newTurn(a *agent, c *conn, h adapters.Host) *turn {
	t := &turn{
		agent: a, conn: c, host: h, thread: a.native, children: map[string]string{},
		planned: make(chan adapters.QuestionReply), open: map[string]context.CancelFunc{}, steers: map[string]*steer{},
	}
	// Not the turn's own context: the program hears of an interrupt before anything is taken back from the user.
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.over, t.end = context.WithCancel(context.Background())
	return t
}

// play gives the program the message and reads until the turn is over.
func (t *turn) play(ctx context.Context, in adapters.Input, replay string) (adapters.Outcome, error) {
	defer t.waits.Wait() // the host must not be used after the turn
	defer t.end()
	defer t.cancel()

	t.conn.convert.begin()
	t.name()
	t.checkVariant()
	t.begin(t.agent.input(in, replay))
	outcome, err := t.follow(ctx)
	t.emit(t.conn.convert.finish()...)
	if t.failed != nil {
		return adapters.Outcome{}, t.failed
	}
	return outcome, err
}

// begin asks for a native turn.
func (t *turn) begin(input []any) {
	a, c := t.agent, t.conn
	c.convert.await()
	p := turnParams{ThreadID: t.thread, ClientID: uuid.NewString(), Input: input, Effort: t.effort()}
	if a.plans() {
		p.Mode = t.mode()
	}
	t.running = true
	t.starting = c.rpc.Start("turn/start", p)
}

// mode is what a session that was created in plan mode is in. It stays with the thread, so it is said in every turn.
func (t *turn) mode() *collaborationMode {
	mode := collaborationMode{Mode: "plan", Settings: modeSettings{Model: t.conn.convert.model}}
	if t.agent.carriedOut {
		mode.Mode = "default"
	}
	if effort := t.effort(); effort != "" {
		mode.Settings.Effort = &effort
	} else if t.conn.effort != "" {
		mode.Settings.Effort = &t.conn.effort
	}
	return &mode
}

// follow reads what the program says until the turn is over.
func (t *turn) follow(ctx context.Context) (adapters.Outcome, error) {
	interrupt := ctx.Done()
	var patience <-chan time.Time
	for {
		select {
		case m, ok := <-t.conn.rpc.In():
			if !ok {
				return t.died(ctx)
			}
			if outcome := t.message(m); outcome != nil {
				return *outcome, nil
			}
		case reply := <-t.planned:
			if outcome := t.heardOfPlan(reply); outcome != nil {
				return *outcome, nil
			}
		case <-interrupt:
			if !t.running {
				return interrupted, nil
			}
			interrupt, patience = nil, time.After(t.agent.adapter.config.InterruptTimeout)
			t.interrupt()
		case <-patience:
			t.emit(t.conn.convert.cut()...)
			t.agent.drop(t.conn)
			return interrupted, nil
		}
	}
}

// message takes one message of the program. The turn is over when it gives an outcome.
func (t *turn) message(m jsonrpc.Message) *adapters.Outcome {
	switch {
	case m.Err != nil:
		t.emit(unparsed(m))
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
		t.emit(openapi.Failure{
			Data: openapi.ErrorData{Message: m.Error.Message, Code: new("agent_error")}, Raw: m.Raw,
		})
		return &adapters.Outcome{Status: openapi.TurnStatusFailed}
	}
	var answer turnAnswer
	_ = ignoreShape(json.Unmarshal(m.Result, &answer)) // then its beginning says its name
	t.began(answer.Turn.ID)
	return nil
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
		delete(t.children, p.ThreadID)
	}
	joins := t.joining(m.Method, p)
	outputs, end := t.conn.convert.convert(m.Method, p, m.Raw)
	t.emit(outputs...)
	if joins != nil && t.failed == nil {
		close(joins.said)
	}
	if end == nil {
		return nil
	}
	return t.ended(*end)
}

// started is the beginning of the native turn, or of a subagent's.
func (t *turn) started(p *params) {
	switch {
	case p.ThreadID != t.thread:
		t.children[p.ThreadID] = p.turn()
	case t.conn.convert.mine(p):
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

// name tells the host Codex's name for the session when it has changed.
func (t *turn) name() {
	if a := t.agent; a.told != t.thread {
		a.told = t.thread
		t.emit(openapi.NativeSession{ID: t.thread})
	}
}
