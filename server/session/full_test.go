package session

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store/storetest"
)

// TestAskInTheQueueWhenTheDiskIsFull: an agent that waits for its request to become durable must not be waited for.
func TestAskInTheQueueWhenTheDiskIsFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &gate{Store: storetest.NewMemory()}
		f := storetest.NewFaulty(h)
		w := &world{t: t, store: f, puppet: &puppet{scripts: map[string]script{}}}
		w.start(Config{})
		refused := make(chan error, 1)
		w.puppet.scripts["ask"] = func(_ context.Context, _ adapters.Input, host adapters.Host) (adapters.Outcome, error) {
			_ = host.Emit(openapi.ItemDelta{NativeItemID: "m", Delta: "x"})
			synctest.Wait() // the owner writes
			_, err := host.AskPermission(adapters.PermissionRequest{ID: "p", Action: "x"})
			refused <- err
			return completed, err
		}
		w.create("s")
		w.send("s", "hello")
		w.awaitEnds("s", 1)
		f.Fail(storetest.Event(openapi.EventItemDelta), errFull)
		w.send("s", "ask")
		if err := <-refused; !errors.Is(err, errFull) {
			t.Errorf("the request was answered %v", err)
		}
		w.awaitEnds("s", 2)
	})
}

// TestRecoveryOnAFullDisk: callers are told, and the session is tried again now and then, not at once and for ever.
func TestRecoveryOnAFullDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, f := newFaultyWorld(t)
		w.create("s")
		w.send("s", "hold")
		w.await("s", typed(openapi.EventItemDelta))
		f.Break(errFull)
		_ = w.Interrupt(t.Context(), "s")
		synctest.Wait()
		for range 3 {
			_, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "m"}, Idempotency{})
			if !errors.Is(err, errFull) {
				t.Errorf("the caller was told %v", err)
			}
		}
		time.Sleep(time.Minute + time.Second) // between two tries
		w.mu.Lock()
		resting := len(w.resting)
		w.mu.Unlock()
		if resting != 1 {
			t.Errorf("%d retries wait", resting)
		}
		f.Mend()
		w.awaitEnds("s", 1)
	})
}

// TestFollowersSeeWhatWasDurableAfterAll: also when the answer to the commit was an error.
func TestFollowersSeeWhatWasDurableAfterAll(t *testing.T) {
	t.Parallel()
	for _, last := range []string{openapi.EventTurnEnded, openapi.EventSessionEnded} {
		t.Run(last, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, f := newFaultyWorld(t)
				w.create("s")
				follower, err := w.Follow(t.Context(), "s", 0, false)
				if err != nil {
					t.Fatal(err)
				}
				defer follower.Close()
				f.CutShort(storetest.Event(last), errFull)
				w.send("s", "hello")
				if last == openapi.EventSessionEnded {
					w.awaitEnds("s", 1)
					if err := w.Terminate(t.Context(), "s"); !errors.Is(err, errFull) {
						t.Errorf("terminate said %v", err)
					}
					w.must(w.Terminate(t.Context(), "s"))
				}
				for {
					records, err := follower.Next(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if records[len(records)-1].Type == last {
						break
					}
				}
				if _, err := follower.Next(cancelled()); last == openapi.EventSessionEnded && !errors.Is(err, io.EOF) {
					t.Errorf("after the end: %v", err)
				}
			})
		})
	}
}

// TestAnsweredTurnOnAFullDisk: an agent is not run again and again while nothing that it says can be written.
func TestAnsweredTurnOnAFullDisk(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]int{"completed": 1, "failed": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, f := newFaultyWorld(t)
				legs := 0
				play := calls([]string{"first"})
				w.puppet.scripts["go"] = func(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
					if legs++; legs > 1 && legs <= 1+fails {
						f.Break(errFull)
					}
					return play(ctx, in, h)
				}
				w.create("s")
				w.send("s", "go")
				w.awaitSuspended("s")
				w.results("s", results("call_turn_1_0")...)
				for range fails {
					time.Sleep(time.Minute)
					f.Mend()
				}
				time.Sleep(time.Minute)
				events := w.awaitEnds("s", 1)
				if last := events[len(events)-1].Data.(openapi.TurnEndedData); string(last.Status) != name || legs != 3 {
					t.Errorf("the agent played %d legs:\n%s", legs, show(events))
				}
				w.sameFold("s")
			})
		})
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestTerminateOnAFullDisk(t *testing.T) {
	t.Parallel()
	w, f := newFaultyWorld(t)
	w.restart(Config{Sessions: 1})
	w.create("s")
	w.send("s", "hold")
	w.await("s", typed(openapi.EventItemDelta))
	f.Break(errFull)
	if err := w.Terminate(t.Context(), "s"); !errors.Is(err, errFull) {
		t.Errorf("terminate said %v", err)
	}
	f.Mend()
	_, err := w.Create(t.Context(), "other", openapi.CreateSessionRequest{Agent: "puppet"}, Idempotency{})
	wantCode(t, err, CodeLimitExceeded) // the first one has not ended
	w.must(w.Terminate(t.Context(), "s"))
	w.create("other")
}
