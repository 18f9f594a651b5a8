package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store"
)

// stream answers with server-sent events. It is called when the handler has returned: refusals are still problems.
type stream func(http.ResponseWriter) error

// VisitStreamEventsResponse implements the stub's response.
func (f stream) VisitStreamEventsResponse(w http.ResponseWriter) error { return f(w) }

// VisitStreamMessageResponse implements the stub's response.
func (f stream) VisitStreamMessageResponse(w http.ResponseWriter) error { return f(w) }

// VisitTriggerSessionResponse implements the stub's response.
func (f stream) VisitTriggerSessionResponse(w http.ResponseWriter) error { return f(w) }

// A choice is what a stream shows of a log.
type choice interface {
	// pick says whether the stream sends a record, and whether it ends with it.
	pick(r store.Record) (send, last bool)
	// waits says whether the stream ends when nothing more comes at once.
	waits() bool
}

// everything is shown, for as long as something comes.
type everything struct{}

func (everything) pick(store.Record) (send, last bool) { return true, false }

func (everything) waits() bool { return false }

// callsQuiet is how long nothing more must come before the calls that are open are all that there are.
const callsQuiet = 100 * time.Millisecond

// follow streams what a follower reads until there is nothing more to come, the client has left or the server ends.
func (s *Server) follow(ctx context.Context, f *session.Follower, raw bool, c choice) stream {
	return func(w http.ResponseWriter) error {
		t := newTail(ctx, s.ending, f)
		defer t.close()
		t.raw, t.choice, t.beat.every = raw, c, s.cfg.Heartbeat
		if t.open(w) != nil {
			return nil
		}
		return t.run()
	}
}

// tail is one open stream. A write that fails says that the client has left, which is no error.
type tail struct {
	ctx      context.Context // done when the client has left or the server ends
	cancel   func()
	follower *session.Follower
	raw      bool
	choice   choice
	beat     heartbeat

	w     http.ResponseWriter
	flush func() error
	out   *bufio.Writer // nil while there is nothing to send: most streams are idle
}

func newTail(ctx, ending context.Context, f *session.Follower) *tail {
	t := &tail{follower: f}
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(ending, cancel)
	t.ctx, t.cancel = ctx, func() { unhook(); cancel() }
	return t
}

func (t *tail) open(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK) // through Echo, which must know that the answer has begun
	t.w = w
	if u, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
		t.w = u.Unwrap() // past Echo, whose Flush hides errors
	}
	t.flush = http.NewResponseController(t.w).Flush
	t.beat.start(t.ctx)
	return t.flush()
}

func (t *tail) close() {
	t.release()
	t.beat.stop()
	t.cancel()
	t.follower.Close()
}

// run sends in batches while there is more to send, and at once when there is not.
func (t *tail) run() error {
	for done := false; !done; {
		if !t.follower.Ready() {
			if t.send() != nil {
				return nil
			}
			t.beat.rest()
		}
		records, err := t.more(t.choice.waits())
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, context.DeadlineExceeded):
			done = true
		case err != nil:
			return err
		default:
			done = t.add(records)
		}
	}
	_ = t.send()
	return nil
}

// next waits for records, and tells the client now and then that it does. io.EOF is the end of the stream.
func (t *tail) next() ([]store.Record, error) {
	for {
		if t.ctx.Err() != nil {
			return nil, io.EOF
		}
		records, err := t.follower.Next(t.beat.ctx)
		switch {
		case !errors.Is(err, context.Canceled):
			return records, err
		case t.ctx.Err() != nil || t.comment() != nil:
			return nil, io.EOF
		}
		t.beat.start(t.ctx)
	}
}

// more waits for records: where soon is set for no longer than callsQuiet, whose end is a context.DeadlineExceeded. An agent
// that leaves its turn when it has called all tools may take longer.
func (t *tail) more(soon bool) ([]store.Record, error) {
	if !soon {
		return t.next()
	}
	for {
		records, err := t.atOnce()
		if t.ctx.Err() != nil {
			return nil, io.EOF
		}
		// Whether there is more to read is asked last: the agent may have called once more before it left.
		if !errors.Is(err, context.DeadlineExceeded) || !t.follower.Calling(t.ctx) && !t.follower.Ready() {
			return records, err
		}
	}
}

// atOnce waits for records for no longer than callsQuiet, or than the turn runs.
func (t *tail) atOnce() ([]store.Record, error) {
	ctx, cancel := context.WithTimeout(t.ctx, callsQuiet)
	defer cancel()
	records, err := t.follower.NextUntilPaused(ctx)
	if errors.Is(err, session.ErrPaused) {
		err = context.DeadlineExceeded // there is nothing to wait for
	}
	return records, err
}

// comment sends what clients skip and proxies see.
func (t *tail) comment() error {
	_, _ = t.writer().WriteString(":\n\n")
	return t.send()
}

// add puts records into frames. It reports whether the stream is over.
func (t *tail) add(records []store.Record) (done bool) {
	out := t.writer()
	for _, r := range records {
		send, last := t.choice.pick(r)
		if send && frame(out, r.Sequence, eventJSON(r, t.raw)) != nil || last {
			return true
		}
	}
	return false
}

// frame writes one event. Its JSON is one line.
func frame(out *bufio.Writer, sequence uint64, json []byte) error {
	head := append(out.AvailableBuffer(), "id: "...)
	head = strconv.AppendUint(head, sequence, 10)
	_, _ = out.Write(append(head, "\ndata: "...))
	_, _ = out.Write(json)
	_, err := out.WriteString("\n\n")
	return err
}

// send writes out what there is, and flushes it.
func (t *tail) send() error {
	if t.out == nil {
		return nil
	}
	defer t.release()
	if err := t.out.Flush(); err != nil {
		return err
	}
	return t.flush()
}

func (t *tail) writer() *bufio.Writer {
	if t.out == nil {
		t.out = borrow(t.w)
	}
	return t.out
}

func (t *tail) release() {
	if t.out != nil {
		giveBack(t.out)
		t.out = nil
	}
}

// writers are the buffers of answers that are being written.
var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 32<<10) }}

func borrow(w io.Writer) *bufio.Writer {
	b := writers.Get().(*bufio.Writer)
	b.Reset(w)
	return b
}

func giveBack(b *bufio.Writer) {
	b.Reset(nil)
	writers.Put(b)
}

// heartbeat is a context that ends when a stream was silent for a while. A timer that is set again costs less than a
// context for every wait.
type heartbeat struct {
	every  time.Duration
	ctx    context.Context
	cancel context.CancelFunc
	timer  *time.Timer
}

func (h *heartbeat) start(ctx context.Context) {
	h.stop()
	h.ctx, h.cancel = context.WithCancel(ctx)
	h.timer = time.AfterFunc(h.every, h.cancel)
}

// rest begins the time of silence again.
func (h *heartbeat) rest() { h.timer.Reset(h.every) }

func (h *heartbeat) stop() {
	if h.timer != nil {
		h.timer.Stop()
		h.cancel()
	}
}
