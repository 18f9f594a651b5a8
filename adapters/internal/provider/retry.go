package provider

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"time"
)

const (
	// defaultRetries is how often a request is tried again.
	defaultRetries = 3
	// firstWait is before the first retry; each later one is twice as long as the one before.
	firstWait = time.Second
	// longestWait is also the most that a provider may ask for: a caller who is to wait longer is told so at once.
	longestWait = time.Minute
)

// Retry tells that a request failed and is tried again after a wait.
type Retry struct {
	Attempt int // that failed, from 1
	Wait    time.Duration
	Err     *Error
}

// retrying tries again what failed before its first part. Afterwards nobody can take back what was said.
type retrying struct {
	provider Provider
	retries  int
}

func (p *retrying) Stream(ctx context.Context, r Request) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		for attempt := 1; ; attempt++ {
			failed := p.try(ctx, r, yield)
			if failed == nil {
				return
			}
			wait := waitFor(attempt, failed.RetryAfter)
			if attempt > p.retries || wait > longestWait {
				yield(nil, failed)
				return
			}
			if r.OnRetry != nil {
				r.OnRetry(Retry{Attempt: attempt, Wait: wait, Err: failed})
			}
			if err := sleep(ctx, wait); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// try passes an answer on, and returns the error that may be tried again.
func (p *retrying) try(ctx context.Context, r Request, yield func(Part, error) bool) *Error {
	given := false
	for part, err := range p.provider.Stream(ctx, r) {
		if failed := (*Error)(nil); !given && errors.As(err, &failed) && failed.Retryable {
			return failed
		}
		given = true
		if !yield(part, err) {
			return nil
		}
	}
	return nil
}

// waitFor is what the provider asked for, else a time between half of the attempt's wait and the whole, so that clients
// that failed together do not come back together.
func waitFor(attempt int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	wait := longestWait
	if shift := attempt - 1; shift < 6 {
		wait = min(wait, firstWait<<shift)
	}
	return wait/2 + rand.N(wait/2)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
