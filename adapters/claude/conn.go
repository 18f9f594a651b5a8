package claude

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/adapters/internal/sessiondir"
)

// conn is a running process of the program. Between turns nothing is read from it: what it says there waits in the
// pipe for the next one.
type conn struct {
	process *proc.Process
	given   sessiondir.Dir // for the process; removed when it has ended
	convert *converter     // of the turn that runs
	log     *slog.Logger
	grace   time.Duration

	lines   chan line // closed when the program says no more
	out     chan any
	quit    chan struct{} // closed by stop
	once    sync.Once
	workers sync.WaitGroup

	heard    bool // the program has said something
	requests int  // control requests sent
}

// line is a line of output, or what is wrong with one.
type line struct {
	raw []byte
	err error
}

const (
	linesAhead = 64  // read while the turn is busy
	outAhead   = 256 // answers that may wait while the program does not read
)

func (a *agent) connect(process *proc.Process, given sessiondir.Dir, resumed bool) *conn {
	servers := newMCPConfig(a.options.MCP).Servers
	c := &conn{
		process: process, given: given, convert: newConverter(resumed, sortedKeys(servers)...), log: a.log, grace: a.adapter.config.StopGrace,
		lines: make(chan line, linesAhead), out: make(chan any, outAhead), quit: make(chan struct{}),
	}
	c.convert.client = a.options.ClientNames(mcpToolName)
	c.workers.Go(c.read)
	c.workers.Go(c.write)
	return c
}

// read hands over lines until the end of output. After quit it reads on, so that the program can end.
func (c *conn) read() {
	defer close(c.lines)
	for {
		raw, err := c.process.ReadLine()
		bad := (*proc.LineError)(nil)
		if err != nil && !errors.As(err, &bad) && !errors.Is(err, proc.ErrStartTimeout) {
			return
		}
		select {
		case c.lines <- line{bytes.Clone(raw), err}:
		case <-c.quit:
		}
		if errors.Is(err, proc.ErrStartTimeout) {
			return
		}
	}
}

func (c *conn) write() {
	for {
		select {
		case v := <-c.out:
			// A program that is gone is noticed by its output.
			if err := c.process.Send(v); err != nil && !errors.Is(err, proc.ErrInputClosed) {
				c.log.Warn("line not sent", "error", err)
			}
		case <-c.quit:
			return
		}
	}
}

// send hands a line to the program, after those that were sent before.
func (c *conn) send(v any) {
	select {
	case c.out <- v:
	case <-c.quit:
	}
}

// control sends a control request that has no other fields.
func (c *conn) control(subtype string) {
	c.requests++
	c.send(newControlLine(fmt.Sprintf("parley_%d", c.requests), subtype))
}

func (c *conn) alive() bool {
	select {
	case <-c.process.Done():
		return false
	case <-c.quit:
		return false
	default:
		return true
	}
}

// stop ends the process and all that it has started. It may be called by several at once.
func (c *conn) stop(ctx context.Context) error {
	c.once.Do(func() { close(c.quit) })
	if err := c.process.Stop(ctx, c.grace); err != nil {
		return err
	}
	c.workers.Wait()
	return c.given.Remove()
}

// exit stops the process and tells how it ended, as the error of a turn.
func (c *conn) exit(message string) *adapters.ExitError {
	if err := c.stop(context.Background()); err != nil {
		c.log.Error("process not stopped", "error", err)
		return &adapters.ExitError{Message: message}
	}
	return program.Exit(c.process, message)
}
