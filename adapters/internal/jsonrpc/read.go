package jsonrpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"sync"

	"github.com/parleyhq/parley/adapters/internal/proc"
)

// line is any message of the program.
type line struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
}

// read reads to the end of output. After quit it reads on, so that the program can end.
func (c *Conn) read() {
	defer c.end()
	for {
		raw, err := c.Process.ReadLine()
		bad := (*proc.LineError)(nil)
		late := errors.Is(err, proc.ErrStartTimeout)
		if err != nil && !late && !errors.As(err, &bad) {
			return
		}
		m := Message{Raw: bytes.Clone(raw), Err: err}
		if bad != nil {
			m.Raw = bad.Head
		}
		c.take(m)
		if late {
			return
		}
	}
}

func (c *Conn) take(m Message) {
	keep := true
	if m.Err == nil {
		m, keep = c.understand(m)
	}
	c.mu.Lock()
	c.heard = c.heard || m.Raw != nil
	c.mu.Unlock()
	if keep {
		c.queue.push(m)
	}
}

// understand reads a line. Who sends an id of its own with a method asks something; an id without a method is an answer.
func (c *Conn) understand(m Message) (Message, bool) {
	var l line
	if err := json.Unmarshal(m.Raw, &l); err != nil {
		m.Err = err
		return m, true
	}
	if string(l.ID) == "null" {
		l.ID = nil
	}
	m.Method, m.Params, m.Result, m.Error = l.Method, l.Params, l.Result, l.Error
	switch {
	case l.Method != "":
		m.ID = l.ID
		return m, true
	case l.ID != nil && (l.Result != nil || l.Error != nil):
		return c.answered(m, l.ID)
	}
	m.Err = ErrNoMessage
	return m, true
}

// end releases who waits for an answer.
func (c *Conn) end() {
	c.mu.Lock()
	for number, pending := range c.calls {
		if pending.answer != nil {
			close(pending.answer)
		}
		delete(c.calls, number)
	}
	c.ended = true
	c.mu.Unlock()
	c.queue.finish()
}

// hand passes on what waits.
func (c *Conn) hand() {
	defer close(c.in)
	for {
		m, ok := c.queue.pop()
		if !ok {
			return
		}
		select {
		case c.in <- m:
		case <-c.quit:
			return
		}
	}
}

// readAhead is how many messages may wait to be taken.
const readAhead = 256

// queue holds what the program said until it is taken. push blocks while it is full, unless somebody waits for an answer,
// which would come behind what fills it.
type queue struct {
	mu       sync.Mutex
	changed  sync.Cond
	messages []Message
	lifted   int  // how many wait for an answer
	finished bool // nothing more comes
	closed   bool // nobody takes any more
}

func (q *queue) init() { q.changed.L = &q.mu }

func (q *queue) push(m Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.messages) >= readAhead && q.lifted == 0 && !q.closed {
		q.changed.Wait()
	}
	if !q.closed {
		q.messages = append(q.messages, m)
		q.changed.Broadcast()
	}
}

func (q *queue) pop() (Message, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.messages) == 0 && !q.finished && !q.closed {
		q.changed.Wait()
	}
	if len(q.messages) == 0 || q.closed {
		return Message{}, false
	}
	m := q.messages[0]
	q.messages[0] = Message{}
	q.messages = q.messages[1:]
	q.changed.Broadcast()
	return m, true
}

func (q *queue) lift(by int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lifted += by
	q.changed.Broadcast()
}

func (q *queue) finish() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finished = true
	q.changed.Broadcast()
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}
