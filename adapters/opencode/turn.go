package opencode

import (
	"context"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// turn plays one message. All of it runs in the goroutine of play, but for the waits for answers and their delivery.
type turn struct {
	agent   *agent
	server  *server
	feed    *feed
	host    adapters.Host
	convert *converter
	queue   *queue

	ctx         context.Context // ends with the turn
	interrupted bool            // the program was asked to stop
	busy        bool            // the program has begun to work on the message
	idle        bool            // it has said that it is done
	looked      bool            // it is done, as was looked up
	gaveUp      *fault          // why the turn was given up
	failed      error           // of the host; nothing can be said any more
	doubt       <-chan time.Time

	requests  map[string]*asked // open ones, by id
	decisions chan decision
	over      chan struct{}
	waits     sync.WaitGroup
}

func newTurn(a *agent, s *server, h adapters.Host) *turn {
	return &turn{
		agent: a, server: s, host: h, queue: newQueue(), requests: map[string]*asked{},
		decisions: make(chan decision), over: make(chan struct{}),
	}
}

// play gives the program the message and follows what it does until the turn is over.
func (t *turn) play(ctx context.Context, in adapters.Input) (adapters.Outcome, error) {
	var cancel context.CancelFunc
	t.ctx, cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer t.waits.Wait() // the host must not be used after the turn
	defer close(t.over)
	defer cancel()

	t.feed = t.server.follow(t.agent.directory)
	defer t.server.leave(t.agent.directory)
	defer t.feed.unsubscribe(t.queue)
	err := t.begin(ctx, in)
	var outcome adapters.Outcome
	if err == nil {
		outcome, err = t.follow(ctx)
	} else {
		outcome, err = t.notBegun(ctx, err)
	}
	if t.failed != nil {
		return adapters.Outcome{}, t.failed
	}
	return outcome, err
}

// follow takes what the program says until the turn is over.
func (t *turn) follow(ctx context.Context) (adapters.Outcome, error) {
	interrupt := ctx.Done()
	var patience <-chan time.Time
	for {
		select {
		case <-t.queue.wake:
			t.hear()
		case d := <-t.decisions:
			t.decide(d)
		case <-t.doubt:
			t.doubt = nil
			t.look()
		case <-interrupt:
			interrupt, patience = nil, time.After(t.agent.adapter.config.InterruptTimeout)
			t.interrupt()
		case <-patience:
			t.emit(t.convert.cut()...)
			return interrupted, nil
		case <-t.server.dead():
			return t.died(ctx)
		}
		if t.isOver() {
			return t.end(), nil
		}
	}
}

// hear takes the events that have come.
func (t *turn) hear() {
	for _, e := range t.queue.take() {
		switch {
		case e.gap:
			t.catchUp()
		case e.err != nil:
			t.emit(unparsed(e.err, e.raw))
		default:
			t.emit(t.convert.convert(e.event, e.raw)...)
			t.steer(e.event, e.raw)
		}
	}
}

// isOver says whether the program is done, and has said all. It may say that it is done before its last words.
func (t *turn) isOver() bool {
	return t.looked || t.idle && t.convert.settled(t.interrupted)
}

// end says the last words of a turn that the program has ended.
func (t *turn) end() adapters.Outcome {
	t.emit(t.convert.cut()...)
	t.emit(t.convert.usage(t.agent.catalog.window)...)
	status, fault := t.convert.ending(t.interrupted)
	if t.gaveUp != nil {
		status, fault = openapi.TurnStatusFailed, t.gaveUp
	}
	if fault != nil {
		t.emit(failure(fault))
	}
	return adapters.Outcome{Status: status}
}

// died ends a turn whose server has ended.
func (t *turn) died(ctx context.Context) (adapters.Outcome, error) {
	t.feed.awaitCut(t.ctx)
	t.hear()
	if t.isOver() { // it was in time
		return t.end(), nil
	}
	t.emit(t.convert.cut()...)
	if ctx.Err() != nil {
		return interrupted, nil
	}
	return adapters.Outcome{}, t.exit()
}

func (t *turn) exit() *adapters.ExitError {
	return program.Exit(t.server.process, "OpenCode ended before the turn was over")
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
