package codex

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// turn plays one message. All of it runs in the goroutine of play, but for the waits for answers and Steer.
type turn struct {
	agent  *agent
	conn   *conn
	host   adapters.Host
	thread string // the session's own

	starting    int64 // the number of the request for a native turn that is not answered yet; 0 = none
	early       early // what has ended before that answer
	running     bool  // a native turn runs, or was asked for
	unloaded    bool  // the process does not have the thread any more
	interrupted bool  // the program was asked to stop
	failed      error // of the host; nothing can be said any more

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
		agent: a, conn: c, host: h, thread: a.native,
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
	t.checkVariant(in.Number)
	t.begin(t.agent.input(in, replay))
	outcome, err := t.follow(ctx)
	t.emit(t.conn.convert.finish()...)
	switch {
	case t.failed != nil:
		return adapters.Outcome{}, t.failed
	case t.unloaded:
		return adapters.Outcome{}, errUnloaded
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
	t.running, t.early = true, early{}
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
