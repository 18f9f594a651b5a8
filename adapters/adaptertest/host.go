package adaptertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Limits of what may wait to become durable before Emit blocks.
const (
	maxWaiting      = 512
	maxWaitingBytes = 256 << 10
)

// Host is a session that keeps its log in memory: an adapters.Host for tests. It appends what it is handed, one event
// for each output, and adds nothing of a real session's own.
//
// Use NewHost. All methods may be called from any goroutine, but for those that take a test.
type Host struct {
	// Timeout is how long an Await, or the Wait of a Turn, may take before the test fails.
	Timeout time.Duration

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever something below changes
	stamp    stamp
	log      []openapi.Event // durable; only ever appended to
	outputs  []openapi.Output
	waiting  []openapi.Event // not durable yet
	bytes    int             // of waiting
	stalled  bool
	appends  int // since FailFrom
	failFrom int // 0 = never
	failWith error
	failed   error // sticky
	cancel   context.CancelCauseFunc
	requests map[string]*request // nil = resolved
	heard    map[string]bool     // answers that the agent has taken
	turns    int
}

var _ adapters.Host = (*Host)(nil)

// NewHost makes a session with an empty log.
func NewHost() *Host {
	return &Host{Timeout: time.Minute, changed: make(chan struct{}), requests: map[string]*request{}, heard: map[string]bool{}}
}

// Emit implements adapters.Host.
func (h *Host) Emit(o openapi.Output) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.failed == nil && h.full() {
		h.wait()
	}
	if err := h.fails(); err != nil {
		return err
	}
	h.outputs = append(h.outputs, o)
	h.append(h.stamp.output(o))
	return nil
}

// Log returns the durable events. The caller must not change them.
func (h *Host) Log() []openapi.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log[:len(h.log):len(h.log)]
}

// Outputs returns what was emitted, durable or not.
func (h *Host) Outputs() []openapi.Output {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.outputs[:len(h.outputs):len(h.outputs)]
}

// Stall keeps what is handed over from now on from becoming durable, until resume is called. Emit then blocks
// when 512 events or 256 KiB wait, the Ask calls and answers at once.
func (h *Host) Stall() (resume func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stalled = true
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.stalled = false
		h.flush()
	})
}

// FailFrom lets the n-th append from now on fail, and all that follow. The first one is 1.
func (h *Host) FailFrom(n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.appends, h.failFrom, h.failWith = 0, n, err
}

// Fail is an append that fails now: every call from now on fails, and the running turn is cancelled.
func (h *Host) Fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail(err)
}

// Await returns the log as soon as done says so of it.
func (h *Host) Await(t testing.TB, what string, done func(log []openapi.Event) bool) []openapi.Event {
	t.Helper()
	return h.await(t, what, 0, nil, done)
}

// AwaitOutputs returns as soon as n outputs were emitted, durable or not.
func (h *Host) AwaitOutputs(t testing.TB, n int) {
	t.Helper()
	h.until(t, fmt.Sprintf("%d outputs", n), 0, nil, func() bool { return len(h.Outputs()) >= n })
}

// await looks at the log after its first skip events, and gives up when over is closed.
func (h *Host) await(t testing.TB, what string, skip int, over <-chan struct{}, done func([]openapi.Event) bool) []openapi.Event {
	t.Helper()
	var log []openapi.Event
	h.until(t, what, skip, over, func() bool {
		log = h.Log()[skip:]
		return done(log)
	})
	return log
}

// until calls done after every change. The test fails when over is closed, or the time is up, before.
func (h *Host) until(t testing.TB, what string, skip int, over <-chan struct{}, done func() bool) {
	t.Helper()
	timeout := time.NewTimer(h.Timeout)
	defer timeout.Stop()
	for ended := false; ; {
		changed := h.changes()
		switch {
		case done():
			return
		case ended:
			t.Fatalf("the turn ended without %s; the log:\n%s", what, print(h.Log()[skip:]))
		}
		select {
		case <-changed:
		case <-over:
			ended = true
		case <-timeout.C:
			t.Fatalf("no %s in %s; the log:\n%s", what, h.Timeout, print(h.Log()[skip:]))
		}
	}
}

func (h *Host) changes() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed
}

// The methods below are called with mu held.

func (h *Host) full() bool {
	return h.stalled && (len(h.waiting) >= maxWaiting || h.bytes >= maxWaitingBytes)
}

// wait blocks until something has changed.
func (h *Host) wait() {
	changed := h.changed
	h.mu.Unlock()
	<-changed
	h.mu.Lock()
}

func (h *Host) change() {
	close(h.changed)
	h.changed = make(chan struct{})
}

// fails counts an append and says whether it fails.
func (h *Host) fails() error {
	h.appends++
	if h.failed == nil && h.failFrom > 0 && h.appends >= h.failFrom {
		h.fail(h.failWith)
	}
	return h.failed
}

func (h *Host) fail(err error) {
	h.failed = err
	if h.cancel != nil {
		h.cancel(err)
	}
	h.change()
}

func (h *Host) append(e openapi.Event) {
	h.waiting = append(h.waiting, e)
	if !h.stalled {
		h.flush()
		return
	}
	line, _ := e.AppendJSON(nil)
	h.bytes += len(line)
	h.change()
}

// flush makes durable what waits; after a failed append nothing ever is.
func (h *Host) flush() {
	if h.failed == nil {
		h.log = append(h.log, h.waiting...)
	}
	h.waiting, h.bytes = h.waiting[:0], 0
	h.change()
}

// appendDurable is a barrier: it returns when the event, and all before it, are in the log.
func (h *Host) appendDurable(e openapi.Event) error {
	h.append(e)
	for h.failed == nil && !h.durable(e.Sequence) {
		h.wait()
	}
	if !h.durable(e.Sequence) {
		return h.failed
	}
	return nil
}

func (h *Host) durable(sequence uint64) bool {
	return len(h.log) > 0 && h.log[len(h.log)-1].Sequence >= sequence
}

// print shows the end of a log, a line for each event.
func print(log []openapi.Event) string {
	var text strings.Builder
	if skip := len(log) - 50; skip > 0 {
		fmt.Fprintf(&text, "(%d events before these)\n", skip)
		log = log[skip:]
	}
	for _, e := range log {
		line, err := e.AppendJSON(nil)
		if err != nil {
			line = []byte(err.Error())
		}
		fmt.Fprintf(&text, "%.300s\n", line)
	}
	return text.String()
}
