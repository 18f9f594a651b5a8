package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Retry says how requests are repeated that failed for a moment: without an answer, or with 408, 429 or 5xx.
// The zero value means the defaults. A server's Retry-After is waited out; a call that would have to wait longer than
// Max fails instead, and its Error says for how long.
type Retry struct {
	// Attempts is how often a call is sent in all, and a stream until it opens for the first time; 0 = 4, 1 = never
	// again. A stream that was open once is opened again until its ctx ends.
	Attempts int
	// Min and Max bound the pause before the next attempt, which begins at Min, doubles, and is shortened by chance,
	// so that clients do not come back all at once; 0 = 100 ms and 10 s.
	Min, Max time.Duration
	// Notify is told of every failure that is followed by another attempt. It may be nil, and is called by the goroutine
	// that waits.
	Notify func(failure error, pause time.Duration)
}

func (r Retry) withDefaults() Retry {
	if r.Attempts <= 0 {
		r.Attempts = 4
	}
	if r.Min <= 0 {
		r.Min = 100 * time.Millisecond
	}
	if r.Max <= 0 {
		r.Max = 10 * time.Second
	}
	r.Max = max(r.Min, r.Max)
	return r
}

// pause is how long to wait after so many failures in a row.
func (r Retry) pause(failures int, failure error) time.Duration {
	d := r.Max
	if shift := failures - 1; shift < 30 && r.Min<<shift < r.Max {
		d = r.Min << shift
	}
	d -= rand.N(d/2 + 1)
	var e *Error
	if errors.As(failure, &e) && e.RetryAfter > 0 {
		d += e.RetryAfter
	}
	return d
}

// tries counts the failures in a row of a call or of a stream.
type tries struct {
	retry    Retry
	op       op
	failures int
	opened   bool // a stream that was open once may be opened again without end
}

// again waits before the next attempt. It returns an error when there shall be none.
func (t *tries) again(ctx context.Context, failure error) error {
	t.failures++
	if ctx.Err() != nil {
		return outOfTime(ctx.Err(), failure)
	}
	if t.givesUp(failure) {
		return failure
	}
	pause := t.retry.pause(t.failures, failure)
	if end, ok := ctx.Deadline(); ok && time.Until(end) < pause {
		return outOfTime(context.DeadlineExceeded, failure)
	}
	if t.retry.Notify != nil {
		t.retry.Notify(failure, pause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return outOfTime(ctx.Err(), failure)
	}
}

func (t *tries) givesUp(failure error) bool {
	if !t.op.repeatable(failure) {
		return true
	}
	if t.opened && !errors.Is(failure, errUnreadable) && !errors.Is(failure, ErrGap) {
		return false
	}
	var e *Error
	return t.failures >= t.retry.Attempts || errors.As(failure, &e) && e.RetryAfter > t.retry.Max
}

// outOfTime says that the caller's time was over, and what went wrong before.
func outOfTime(end, failure error) error {
	if errors.Is(failure, end) {
		return failure
	}
	return fmt.Errorf("%w, after: %w", end, failure)
}

// repeatable tells whether a request that failed so may be sent again.
func (o op) repeatable(failure error) bool {
	if o.once {
		return false
	}
	var e *Error
	if errors.As(failure, &e) {
		refused := e.Problem.Status == http.StatusTooManyRequests || e.Problem.Status == http.StatusServiceUnavailable
		return refused || o.harmless && e.temporary()
	}
	var unsent *net.OpError
	if errors.As(failure, &unsent) && unsent.Op == "dial" {
		return true
	}
	return o.harmless && cut(failure)
}

// cut tells whether a failure is one of the way between client and server.
func cut(failure error) bool {
	var unanswered *url.Error
	return errors.As(failure, &unanswered) || errors.Is(failure, errCut) || errors.Is(failure, errUnreadable) || errors.Is(failure, ErrGap)
}
