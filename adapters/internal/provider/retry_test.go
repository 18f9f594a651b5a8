package provider

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a Provider that gives one answer after the other. An answer is parts and errors.
type fake struct {
	answers [][]any
	asked   int
}

func (f *fake) Stream(context.Context, Request) iter.Seq2[Part, error] {
	answer := f.answers[min(f.asked, len(f.answers)-1)]
	f.asked++
	return func(yield func(Part, error) bool) {
		for _, a := range answer {
			err, _ := a.(error)
			part, _ := a.(Part)
			if !yield(part, err) {
				return
			}
		}
	}
}

func busy(after time.Duration) *Error {
	return &Error{Kind: KindOverloaded, Message: "busy", Retryable: true, RetryAfter: after}
}

var fine = []any{TextStart{"1"}, TextEnd{"1"}, Finish{FinishStop}}

// retriesOf plays a fake with three retries and tells what was waited.
func retriesOf(t *testing.T, ctx context.Context, answers ...[]any) (waits []time.Duration, asked int, err error) {
	t.Helper()
	f := &fake{answers: answers}
	p := &retrying{provider: f, retries: defaultRetries}
	last := time.Now()
	r := Request{OnRetry: func(r Retry) {
		if r.Attempt != len(waits)+1 || r.Err.Message != "busy" || f.asked != r.Attempt {
			t.Errorf("%+v after %d", r, len(waits))
		}
		waits = append(waits, r.Wait)
	}}
	_, err = answer(t, p.Stream(ctx, r))
	total := time.Duration(0)
	for _, w := range waits {
		total += w
	}
	if ctx.Err() == nil && time.Since(last) != total {
		t.Errorf("told of %v, waited %v", total, time.Since(last))
	}
	return waits, f.asked, err
}

func TestRetriesWaitLongerAndLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits, asked, err := retriesOf(t, t.Context(), []any{busy(0)})
		if asked != 4 || len(waits) != 3 {
			t.Fatalf("asked %d times, waited %v", asked, waits)
		}
		for i, w := range waits {
			if longest := firstWait << i; w < longest/2 || w >= longest {
				t.Errorf("wait %d: %v", i, w)
			}
		}
		if failed := (*Error)(nil); !errors.As(err, &failed) || failed.Message != "busy" {
			t.Error(err)
		}
	})
}

func TestRetriesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 100 {
		seen[waitFor(1, 0)] = true
	}
	if len(seen) < 2 {
		t.Error("clients that failed together come back together")
	}
	if w := waitFor(1000, 0); w > longestWait {
		t.Error(w)
	}
}

func TestRetriesHonourTheProvider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits, _, err := retriesOf(t, t.Context(), []any{busy(7 * time.Second)}, []any{busy(longestWait)}, fine)
		if len(waits) != 2 || waits[0] != 7*time.Second || waits[1] != longestWait || err != nil {
			t.Error(waits, err)
		}
	})
}

func TestNobodyWaitsForAnHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits, asked, err := retriesOf(t, t.Context(), []any{busy(time.Hour)})
		failed := (*Error)(nil)
		if !errors.As(err, &failed) || failed.RetryAfter != time.Hour || len(waits) != 0 || asked != 1 {
			t.Error(waits, asked, err)
		}
	})
}

func TestWhatIsNotRetried(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string][]any{
		"not retryable":        {&Error{Kind: KindQuota, Message: "pay"}},
		"not ours":             {errors.New("something else")},
		"after the first part": {TextStart{"1"}, TextEnd{"1"}, busy(0)},
	} {
		synctest.Test(t, func(t *testing.T) {
			if waits, asked, err := retriesOf(t, t.Context(), answer); asked != 1 || len(waits) != 0 || err == nil {
				t.Errorf("%s: asked %d times, %v", name, asked, err)
			}
		})
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		waits, asked, err := retriesOf(t, ctx, []any{busy(30 * time.Second)})
		if len(waits) != 1 || asked != 1 || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(waits, asked, err)
		}
	})
}

func TestLeavingARetriedAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &retrying{provider: &fake{answers: [][]any{{busy(0)}, fine}}, retries: 1}
		for part, err := range p.Stream(t.Context(), Request{}) {
			if part != (TextStart{"1"}) || err != nil {
				t.Error(part, err)
			}
			break
		}
	})
}
