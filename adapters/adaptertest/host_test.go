package adaptertest_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestHost(t *testing.T) {
	t.Parallel()
	adaptertest.RunHost(t, func(t *testing.T) adaptertest.HostHarness { return &harness{Host: adaptertest.NewHost(), t: t} })
}

// harness lets a function be the agent of a Host.
type harness struct {
	*adaptertest.Host
	t    *testing.T
	mu   sync.Mutex
	last *adaptertest.Turn
}

func (h *harness) Turn(body adaptertest.TurnFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = h.Host.Turn(h.t, function(body), "go")
}

func (h *harness) Interrupt() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last.Interrupt()
}

type function adaptertest.TurnFunc

func (f function) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	return f(ctx, in, h)
}

func (function) Close(context.Context) error { return errors.New("not in this test") }
