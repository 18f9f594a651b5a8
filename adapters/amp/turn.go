package amp

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/mcpserver"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// turn plays one message, all in one goroutine. It is over when the process is: a second one could not continue the thread while
// the first has it.
type turn struct {
	agent   *agent
	run     *run
	host    adapters.Host
	convert *converter

	heard  bool    // the program has said something that makes sense
	login  bool    // it wants to be logged in
	late   error   // it has said nothing in time
	end    *ending // what its result says
	failed error   // of the host; nothing can be said any more
}

var (
	interrupted = adapters.Outcome{Status: openapi.TurnStatusInterrupted}
	failed      = adapters.Outcome{Status: openapi.TurnStatusFailed}
)

func newTurn(a *agent, r *run, h adapters.Host) *turn {
	servers := slices.Collect(maps.Keys(mcpserver.Enabled(a.options.MCP)))
	return &turn{agent: a, run: r, host: h, convert: newConverter(a.told, servers...)}
}

// play gives the program the message and reads until it has ended.
func (t *turn) play(ctx context.Context, in adapters.Input, replay string) (adapters.Outcome, error) {
	if v := t.agent.options.Variant; in.Number == 1 && !known(v) {
		t.emit(t.convert.unknownVariant(v)...)
	}
	t.run.say(newMessage(replay, in.Text))
	t.follow(ctx)
	if err := t.run.end(context.Background()); err != nil {
		t.agent.log.Error("process not stopped", "error", err)
	}
	t.run.workers.Wait() // what they wait for has ended
	return t.over(ctx)
}

// follow reads what the program says until it has ended.
func (t *turn) follow(ctx context.Context) {
	config, interrupt := t.agent.adapter.config, ctx.Done()
	var patience <-chan time.Time
	for {
		select {
		case l, ok := <-t.run.lines:
			if !ok {
				return
			}
			t.line(l)
			if patience == nil && t.end != nil {
				patience = time.After(config.StopGrace)
			}
		case <-interrupt:
			interrupt, t.convert.stopped = nil, true
			t.run.stop(config.InterruptTimeout)
		case <-patience:
			t.run.stop(config.StopGrace)
		}
	}
}

// line takes one line of output.
func (t *turn) line(l line) {
	bad := (*proc.LineError)(nil)
	switch {
	case errors.Is(l.err, proc.ErrStartTimeout):
		t.late = l.err
		t.run.stop(0)
	case t.login: // the rest of how to log in
	case errors.As(l.err, &bad) && wantsLogin(bad.Head):
		t.login = true
		t.run.stop(0)
	case bad != nil:
		t.emit(unparsed(bad.Head, bad.Reason))
	default:
		t.record(l.raw)
	}
}

func (t *turn) record(raw []byte) {
	r, err := parse(raw)
	if err != nil {
		t.emit(unparsed(raw, err))
		return
	}
	t.heard = true
	t.name(r.SessionID)
	outputs, end := t.convert.convert(r, raw)
	t.emit(outputs...)
	if t.end == nil {
		t.end = end
	}
}

// name tells the host Amp's name for the session when it has changed.
func (t *turn) name(thread string) {
	if thread != "" && thread != t.agent.thread {
		t.agent.thread = thread
		t.emit(openapi.NativeSession{ID: thread})
	}
}

// over says how the turn has ended.
func (t *turn) over(ctx context.Context) (adapters.Outcome, error) {
	if t.end == nil {
		var outputs []openapi.Output
		outputs, t.end = t.convert.ended()
		t.emit(outputs...)
	}
	switch {
	case t.failed != nil:
		return adapters.Outcome{}, t.failed
	case t.agent.isClosed():
		return adapters.Outcome{}, errClosed
	case t.end != nil:
		return adapters.Outcome{Status: t.end.status}, nil
	case ctx.Err() != nil:
		return interrupted, nil
	case t.login:
		t.emit(notLoggedIn(t.agent.program.Path))
		return failed, t.failed
	}
	return t.died()
}

// died ends a turn whose process has ended, or did not begin.
func (t *turn) died() (adapters.Outcome, error) {
	exit := program.Exit(t.run.process, "")
	said := exit.Stderr.Head
	switch reason := reasonOf(said); {
	case t.late != nil:
		exit.Message = "Amp said nothing within " + t.agent.adapter.config.StartTimeout.String()
		exit.ExitCode, exit.Signal = nil, "" // it was ended here
	case !t.heard && t.agent.thread != "" && unknownThread.MatchString(said):
		return adapters.Outcome{}, errUnknownThread
	case !t.heard && failureCode(reason) != "agent_error":
		code := failureCode(reason)
		t.emit(openapi.Failure{Data: openapi.ErrorData{Message: reason, Code: &code}})
		return failed, t.failed
	case reason != "":
		exit.Message = "Amp ended before the turn was over: " + reason
	default:
		exit.Message = "Amp ended before the turn was over" + exit.Message
	}
	return adapters.Outcome{}, exit
}

// unknownThread is how the program says that it cannot continue a thread.
var unknownThread = regexp.MustCompile(`(?i)thread not found|thread \S+ not found|invalid thread|thread is archived`)

// reasonOf finds the reason in what the program has said on its standard error: hints to people follow it.
func reasonOf(said string) string {
	for line := range strings.Lines(said) {
		if reason, ok := strings.CutPrefix(line, "Error: "); ok {
			return strings.TrimSpace(reason)
		}
	}
	return ""
}

// emit says something. When the host fails, the rest of the turn is played for nobody.
func (t *turn) emit(outputs ...openapi.Output) {
	for _, o := range outputs {
		if t.failed != nil {
			return
		}
		if t.failed = t.host.Emit(o); t.failed != nil {
			t.run.stop(t.agent.adapter.config.InterruptTimeout)
		}
	}
}
