package amp

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/sessiondir"
)

// run is the program at work on one message.
type run struct {
	process *proc.Process
	given   sessiondir.Dir // for the process; removed when it has ended
	grace   time.Duration
	log     *slog.Logger

	lines   chan line // closed when the program says no more
	workers sync.WaitGroup
}

// line is a line of output, or what is wrong with one.
type line struct {
	raw []byte
	err error
}

// linesAhead are read while the turn is busy.
const linesAhead = 64

func newRun(process *proc.Process, given sessiondir.Dir, grace time.Duration, log *slog.Logger) *run {
	r := &run{process: process, given: given, grace: grace, log: log, lines: make(chan line, linesAhead)}
	r.workers.Go(r.read)
	return r
}

// read hands over lines until the end of output.
func (r *run) read() {
	defer close(r.lines)
	for {
		raw, err := r.process.ReadLine()
		bad := (*proc.LineError)(nil)
		late := errors.Is(err, proc.ErrStartTimeout)
		if err != nil && !late && !errors.As(err, &bad) {
			return
		}
		r.lines <- line{bytes.Clone(raw), err}
		if late {
			return
		}
	}
}

// say hands the program its one message. It ends when the program's input does.
func (r *run) say(message any) {
	r.workers.Go(func() {
		// A program that is gone is noticed by its output.
		if err := r.process.Send(message); err != nil && !errors.Is(err, proc.ErrInputClosed) {
			r.log.Warn("message not sent", "error", err)
		}
		r.process.CloseInput()
	})
}

// stop asks the program to end, which it does with a last word, and kills it after grace. It does not wait.
func (r *run) stop(grace time.Duration) {
	r.workers.Go(func() {
		if err := r.process.Stop(context.Background(), grace); err != nil {
			r.log.Error("process not stopped", "error", err)
		}
	})
}

// end ends the process, and all that it has started, and removes its files. It may be called by several at once.
func (r *run) end(ctx context.Context) error {
	return errors.Join(r.process.Stop(ctx, r.grace), r.given.Remove())
}
