package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var emitSuite = []hostTopic{
	{"emit keeps order", emitOrder},
	{"every output is an event", emitEvery},
	{"emit from many goroutines", emitConcurrent},
	{"emit waits for nobody", emitAhead},
	{"emit blocks while 512 events wait", func(_ *testing.T, h *hostTest) { emitBlocks(h, 512, "x") }},
	{"emit blocks while 256 KiB wait", func(_ *testing.T, h *hostTest) { emitBlocks(h, 3, strings.Repeat("x", 64<<10)) }},
	{"emit takes more than 256 KiB at once", emitLarge},
	{"emit fails for good", emitFails},
	{"emit that waits fails", emitFailsWaiting},
}

func emitOrder(_ *testing.T, h *hostTest) {
	want := []string{"item.started a"}
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		h.no(host.Emit(startedOutput("a")))
		for i := range 300 {
			text := fmt.Sprint(i)
			want = append(want, "item.delta a "+text)
			h.no(host.Emit(deltaOutput("a", text)))
			if i%50 == 0 {
				want = append(want, "error "+text)
				h.no(host.Emit(failureOutput(text)))
			}
		}
		want = append(want, "item.completed a")
		h.no(host.Emit(completedOutput("a", "all")))
	})
	h.over(returned)
	h.is(h.settled(), want...)
}

// emitEvery: whatever an agent can say is in the log, under its type, with what it says.
func emitEvery(t *testing.T, h *hostTest) {
	said := everyOutput()
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		for _, o := range said {
			h.no(host.Emit(o))
		}
	})
	h.over(returned)
	synctest.Wait()
	left := Events(said)
	for _, e := range h.Log() {
		if len(left) > 0 && e.Type() == left[0].Type() && e.Source == left[0].Source && alike(e, left[0]) {
			left = left[1:]
		}
		Valid(t, e)
	}
	if len(left) > 0 {
		t.Errorf("not in the log, or not in its place:\n%s", print(left[:1]))
	}
}

// alike compares what two events say but for the ids that a session gives.
func alike(a, b openapi.Event) bool {
	if strings.HasPrefix(a.Type(), "item.") {
		return render(a) == render(b)
	}
	return reflect.DeepEqual(a.Data, b.Data)
}

// emitConcurrent keeps the order of each goroutine.
func emitConcurrent(t *testing.T, h *hostTest) {
	const writers, deltas = 8, 100
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				id := fmt.Sprint(w)
				h.no(host.Emit(startedOutput(id)))
				for i := range deltas {
					h.no(host.Emit(deltaOutput(id, fmt.Sprint(i))))
				}
				h.no(host.Emit(completedOutput(id, "all")))
			})
		}
		all.Wait()
	})
	h.over(returned)
	said := h.settled()
	if len(said) != writers*(deltas+2) {
		t.Errorf("%d events, want %d", len(said), writers*(deltas+2))
	}
	for w := range writers {
		next := 0
		for _, line := range said {
			if line == fmt.Sprintf("item.delta %d %d", w, next) {
				next++
			}
		}
		if next != deltas {
			t.Errorf("the deltas of %d are in order up to %d", w, next)
		}
	}
}

// emitAhead returns before its event is durable, and the turn's end waits until it is.
func emitAhead(t *testing.T, h *hostTest) {
	began, stalled := make(chan struct{}), make(chan struct{})
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		close(began)
		<-stalled
		h.no(host.Emit(startedOutput("a")))
		h.no(host.Emit(completedOutput("a", "all")))
	})
	<-began
	synctest.Wait() // what the session says of its own is durable by now
	resume := h.Stall()
	defer resume()
	close(stalled)
	h.over(returned)
	h.is(h.settled())
	if slices.ContainsFunc(h.Log(), ended) {
		t.Error("the turn ended before its last event was durable")
	}
	resume()
	h.is(h.settled(), "item.started a", "item.completed a")
}

// emitBlocks once about as much waits as may wait: never earlier, and not much later, as some may be on their way.
func emitBlocks(h *hostTest, least int, text string) {
	many := 20 * least
	began, stalled := make(chan struct{}), make(chan struct{})
	var emitted atomic.Int64
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		h.no(host.Emit(startedOutput("a")))
		close(began)
		<-stalled
		for range many {
			h.no(host.Emit(deltaOutput("a", text)))
			emitted.Add(1)
		}
	})
	<-began
	synctest.Wait()
	resume := h.Stall()
	defer resume()
	close(stalled)
	h.blocked(returned)
	if n := int(emitted.Load()); n < least || n > 4*least+4 {
		h.test.Errorf("Emit blocked after %d events, want %d or some more", n, least)
	}
	resume()
	h.over(returned)
	if said := h.settled(); len(said) != many+1 {
		h.test.Errorf("%d events, want %d", len(said), many+1)
	}
}

func emitLarge(t *testing.T, h *hostTest) {
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		for i := range 3 {
			h.no(host.Emit(completedOutput(fmt.Sprint(i), strings.Repeat("x", 1<<20))))
		}
	})
	h.over(returned)
	h.is(h.settled(), "item.completed 0", "item.completed 1", "item.completed 2")
}

// emitFails: after a failed append the turn is cancelled, and no call of its host comes through any more.
func emitFails(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		h.no(host.Emit(startedOutput("a")))
		asked, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		h.Fail(errors.New("disk full"))
		_ = host.Emit(deltaOutput("a", "lost")) // may be accepted, and fail later
		<-ctx.Done()
		for range 3 {
			if host.Emit(deltaOutput("a", "lost")) == nil {
				t.Error("Emit succeeds after an append has failed")
			}
		}
		if _, err := host.AskPermission(permissionRequest("q")); err == nil {
			t.Error("AskPermission succeeds after an append has failed")
		}
		if _, err := host.AskQuestion(questionRequest("r")); err == nil {
			t.Error("AskQuestion succeeds after an append has failed")
		}
		if reply, err := asked.Wait(ctx); err == nil {
			t.Errorf("Wait gives %q after an append has failed", reply)
		}
	})
	h.over(returned)
}

// emitFailsWaiting: an Emit that is blocked fails too, as does an Ask.
func emitFailsWaiting(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		resume := h.Stall()
		h.Fail(errors.New("disk full"))
		var both sync.WaitGroup
		both.Go(func() {
			for host.Emit(deltaOutput("a", "lost")) == nil {
			}
		})
		both.Go(func() {
			if _, err := host.AskPermission(permissionRequest("p")); err == nil {
				t.Error("AskPermission succeeds although its append failed")
			}
		})
		resume()
		both.Wait()
		<-ctx.Done()
	})
	h.over(returned)
}
