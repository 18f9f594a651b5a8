package claude

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/openapi"
)

// turn plays one message. All of it runs in the goroutine of play, but for the waits for answers.
type turn struct {
	agent     *agent
	conn      *conn
	host      adapters.Host
	afterPlan string // the permission mode that an approved plan is carried out in
	first     bool   // nothing was said in the session before

	ctx         context.Context // of the waits
	interrupted bool            // the program was asked to stop
	failed      error           // of the host; nothing can be said any more

	decisions chan answerLine
	over      chan struct{}
	waits     sync.WaitGroup

	mu   sync.Mutex
	open map[string]context.CancelFunc // requests that wait for their answer
}

var interrupted = adapters.Outcome{Status: openapi.TurnStatusInterrupted}

func newTurn(a *agent, c *conn, h adapters.Host, first bool) *turn {
	return &turn{
		agent: a, conn: c, host: h, afterPlan: nativeMode(a.options.PermissionMode), first: first,
		decisions: make(chan answerLine), over: make(chan struct{}), open: map[string]context.CancelFunc{},
	}
}

// play gives the program the message and reads until the turn is over.
func (t *turn) play(ctx context.Context, in adapters.Input, replay string) (adapters.Outcome, error) {
	var cancel context.CancelFunc
	t.ctx, cancel = context.WithCancel(ctx)
	defer t.waits.Wait() // the host must not be used after the turn
	defer close(t.over)
	defer cancel()

	message := uuid.NewString()
	t.conn.convert.begin(message)
	t.name(t.agent.native)
	t.checkVariant()
	t.conn.send(newUserLine(message, t.content(in, replay)))
	outcome, err := t.follow(ctx)
	if t.failed != nil {
		return adapters.Outcome{}, t.failed
	}
	return outcome, err
}

// follow reads what the program says until the turn is over.
func (t *turn) follow(ctx context.Context) (adapters.Outcome, error) {
	interrupt := ctx.Done()
	var patience <-chan time.Time
	for {
		select {
		case l, ok := <-t.conn.lines:
			if !ok {
				return t.died(ctx)
			}
			if outcome, err := t.line(l); outcome != nil || err != nil {
				return deref(outcome), err
			}
		case d := <-t.decisions:
			t.conn.send(d)
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

// interrupt asks the program to stop. Its result line ends the turn.
func (t *turn) interrupt() {
	t.interrupted = true
	t.conn.control("interrupt")
}

// line takes one line of output. The turn is over when it returns an outcome or an error.
func (t *turn) line(l line) (*adapters.Outcome, error) {
	if errors.Is(l.err, proc.ErrStartTimeout) {
		e := t.conn.exit("Claude Code said nothing within " + t.agent.adapter.config.StartTimeout.String())
		e.ExitCode, e.Signal = nil, "" // it was ended here
		return nil, e
	}
	t.conn.heard = true
	r, err := parse(l.raw)
	if l.err != nil || err != nil {
		t.conn.convert.lost = t.conn.convert.lost || errors.Is(l.err, proc.ErrLineTooLong)
		t.emit(unparsed(l, err))
		return nil, nil
	}
	if isControl, err := t.control(r, l.raw); isControl {
		t.fail(err)
		return nil, nil
	}
	if r.Type == "system" && r.Subtype == "init" {
		t.begun(r)
	}
	outputs, end := t.conn.convert.convert(r, l.raw)
	t.emit(outputs...)
	switch {
	case end == nil:
		return nil, nil
	case end.unknownSession:
		t.agent.drop(t.conn)
		return nil, errUnknownSession
	}
	return &adapters.Outcome{Status: end.status}, nil
}

// begun is the program's beginning of a turn.
func (t *turn) begun(r *record) {
	if r.SessionID != "" { // a command such as /clear begins another session
		t.name(r.SessionID)
	}
	if t.interrupted { // an interrupt that comes before the turn has begun may be lost
		t.conn.control("interrupt")
	}
	if t.conn.convert.trouble(r.MCPServers) {
		t.conn.control("mcp_status")
	}
}

// name tells the host Claude Code's name for the session when it has changed.
func (t *turn) name(native string) {
	a := t.agent
	a.native = native
	if a.told != native {
		a.told = native
		t.emit(openapi.NativeSession{ID: native})
	}
}

// died ends a turn whose process has ended.
func (t *turn) died(ctx context.Context) (adapters.Outcome, error) {
	t.emit(t.conn.convert.cut()...)
	exit := t.conn.exit("Claude Code ended before the turn was over")
	switch {
	case t.agent.isClosed():
		return adapters.Outcome{}, errClosed
	case ctx.Err() != nil:
		return interrupted, nil
	case !t.conn.heard:
		return adapters.Outcome{}, startError(exit)
	}
	return adapters.Outcome{}, exit
}

var unknownOption = regexp.MustCompile(`unknown option '(--[a-z-]+)`)

// startError says why a program did not start; it prints that to stderr only.
func startError(exit *adapters.ExitError) error {
	said := exit.Stderr.Head
	if strings.Contains(said, "already in use") {
		return errTaken
	}
	if m := unknownOption.FindStringSubmatch(said); m != nil && slices.ContainsFunc(niceties, func(o []string) bool { return o[0] == m[1] }) {
		return &optionError{m[1]}
	}
	return exit
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

// withdrawable gives a request the context of its wait.
func (t *turn) withdrawable(id string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[id] = cancel
	return ctx, cancel
}

// withdraw takes a request back that the program no longer wants to be answered.
func (t *turn) withdraw(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cancel := t.open[id]; cancel != nil {
		cancel()
	}
}

// checkVariant says once in a session that its variant means nothing here.
func (t *turn) checkVariant() {
	if v := t.agent.options.Variant; t.first && v != "" && !efforts[v] {
		t.emit(t.conn.convert.note("variant", "unknown and not used: "+v+"; known are low, medium, high, xhigh and max")...)
	}
}

// location is where lines come from.
const location = "claude.stdout"

// unparsed keeps a line that makes no sense.
func unparsed(l line, reason error) openapi.Output {
	raw := l.raw
	bad := (*proc.LineError)(nil)
	if errors.As(l.err, &bad) {
		reason, raw = bad.Reason, bad.Head
	}
	if !json.Valid(raw) {
		raw, _ = json.Marshal(string(raw)) // a string: cannot fail
	}
	return openapi.Unparsed{Data: openapi.AgentUnparsedData{Error: reason.Error(), Location: location}, Raw: raw}
}
