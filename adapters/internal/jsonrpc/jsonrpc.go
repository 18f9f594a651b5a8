// Package jsonrpc speaks JSON-RPC 2.0 with a program, one message a line, in both directions.
//
// It imports the standard library and proc. Adapters whose program speaks it call it; what the methods mean is theirs.
//
// Order is kept: what a program says is handed over as it was said, and the answer to a Start comes in its place among the
// notifications. What nobody has taken yet waits: at most 256 messages, then the program is not read any more, so that it
// comes to a halt instead of filling the memory.
package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters/internal/proc"
)

// Message is what the program said. Its bytes are the receiver's to keep.
//
//	Method and ID      a request, to be answered by Reply or Refuse
//	Method, no ID      a notification
//	Start              the answer to the Start of that number: Result or Error
//	Err                a line that is no message; Raw has what there is of it
type Message struct {
	Method string
	ID     json.RawMessage
	Params json.RawMessage
	Start  int64
	Result json.RawMessage
	Error  *Error
	Raw    []byte // the whole line
	Err    error  // *proc.LineError, ErrNoMessage, or proc.ErrStartTimeout, after which nothing follows
}

// IsRequest says whether the program waits for an answer.
func (m *Message) IsRequest() bool { return m.Method != "" && m.ID != nil }

// Error is the program's refusal of a request.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// Codes of errors.
const (
	CodeMethodNotFound = -32601
	CodeInvalidParams  = -32602
)

// ErrClosed says that the program has said its last word, or that Stop was called.
var ErrClosed = errors.New("the program says no more")

// ErrNoMessage says that a line is JSON but neither request, notification nor answer.
var ErrNoMessage = errors.New("line is no JSON-RPC message")

// Config says how to speak.
type Config struct {
	Version bool          // messages carry "jsonrpc":"2.0"
	Grace   time.Duration // how long the program may take to end after SIGTERM
	Log     *slog.Logger
}

// Conn is a running program. Its methods are safe for concurrent use.
type Conn struct {
	Process *proc.Process
	config  Config

	in      chan Message
	out     chan any
	quit    chan struct{} // closed by Stop
	once    sync.Once
	workers sync.WaitGroup

	mu     sync.Mutex
	number int64
	calls  map[int64]*call
	heard  bool
	ended  bool // the program says no more
	queue  queue
}

// call is a request to the program. A nil answer says that the answer goes to In.
type call struct{ answer chan Message }

// writeAhead is how many messages may wait while the program does not read.
const writeAhead = 256

// Connect takes over a started process: it reads it to the end. The caller ends it by Stop.
func Connect(process *proc.Process, config Config) *Conn {
	c := &Conn{
		Process: process, config: config,
		in: make(chan Message), out: make(chan any, writeAhead), quit: make(chan struct{}), calls: map[int64]*call{},
	}
	c.queue.init()
	c.workers.Go(c.read)
	c.workers.Go(c.hand)
	c.workers.Go(c.write)
	return c
}

// In gives what the program says, in order. It is closed when the program says no more.
func (c *Conn) In() <-chan Message { return c.in }

// Heard says whether the program has said anything.
func (c *Conn) Heard() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

// Alive says whether the program may be spoken to.
func (c *Conn) Alive() bool {
	select {
	case <-c.Process.Done():
		return false
	case <-c.quit:
		return false
	default:
		return true
	}
}

// Call sends a request and blocks for its answer, while nothing else that the program says is lost. result may be nil.
// Errors: *Error, ErrClosed, ctx's, those of decoding the result.
func (c *Conn) Call(ctx context.Context, method string, params, result any) error {
	answer := make(chan Message, 1)
	c.queue.lift(+1) // before the request is sent: a program that speaks may not read until it is heard
	defer c.queue.lift(-1)
	number := c.begin(ctx, method, params, &call{answer})
	defer c.forget(number)
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", method, ErrClosed)
		case m.Error != nil:
			return m.Error
		case result == nil:
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-ctx.Done():
		return ctx.Err()
	case <-c.quit:
		return fmt.Errorf("%s: %w", method, ErrClosed)
	}
}

// Start sends a request whose answer comes by In, with the returned number.
func (c *Conn) Start(method string, params any) int64 {
	return c.begin(context.Background(), method, params, &call{})
}

// Notify sends a notification.
func (c *Conn) Notify(method string, params any) {
	c.send(context.Background(), message{Method: method, Params: params})
}

// Reply answers a request of the program.
func (c *Conn) Reply(id json.RawMessage, result any) {
	c.send(context.Background(), message{ID: id, Result: &result})
}

// Refuse answers a request of the program with an error.
func (c *Conn) Refuse(id json.RawMessage, code int, reason string) {
	c.send(context.Background(), message{ID: id, Error: &Error{Code: code, Message: reason}})
}

// message is a message to the program.
type message struct {
	Version string `json:"jsonrpc,omitempty"`
	ID      any    `json:"id,omitempty"`
	Method  string `json:"method,omitempty"`
	Params  any    `json:"params,omitempty"`
	Result  *any   `json:"result,omitempty"`
	Error   *Error `json:"error,omitempty"`
}

func (c *Conn) begin(ctx context.Context, method string, params any, pending *call) int64 {
	c.mu.Lock()
	c.number++
	number := c.number
	switch {
	case !c.ended:
		c.calls[number] = pending
	case pending.answer != nil:
		close(pending.answer)
	}
	c.mu.Unlock()
	c.send(ctx, message{ID: number, Method: method, Params: params})
	return number
}

func (c *Conn) forget(number int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.calls, number)
}

// send lets a message wait for the program to read it, in its turn. It blocks while too many do.
func (c *Conn) send(ctx context.Context, m message) {
	if c.config.Version {
		m.Version = "2.0"
	}
	select {
	case c.out <- m:
	case <-ctx.Done():
	case <-c.quit:
	}
}

func (c *Conn) write() {
	for {
		select {
		case m := <-c.out:
			// A program that is gone is noticed by its output.
			if err := c.Process.Send(m); err != nil && !errors.Is(err, proc.ErrInputClosed) {
				c.config.Log.Warn("message not sent", "error", err)
			}
		case <-c.quit:
			return
		}
	}
}

// Stop ends the process and all that it has started. It may be called by several at once.
func (c *Conn) Stop(ctx context.Context) error {
	c.once.Do(func() {
		close(c.quit)
		c.queue.close()
	})
	if err := c.Process.Stop(ctx, c.config.Grace); err != nil {
		return err
	}
	c.workers.Wait()
	return nil
}

// answered gives an answer to who waits for it: a Call gets it, a Start finds it in its place. What nobody asked is nobody's.
func (c *Conn) answered(m Message, id json.RawMessage) (Message, bool) {
	number, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		m.Err = ErrNoMessage
		return m, true
	}
	c.mu.Lock()
	pending := c.calls[number]
	delete(c.calls, number)
	c.mu.Unlock()
	switch {
	case pending == nil: // nobody waits any more
		return m, false
	case pending.answer != nil:
		pending.answer <- m
		return m, false
	}
	m.Start = number
	return m, true
}
