package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

var errDisk = errors.New("disk full")

func faulty(t *testing.T) *Faulty {
	f := NewFaulty(NewMemory())
	begin(t, f, "a")
	begin(t, f, "b")
	return f
}

func next(id string, after uint64) store.Commit {
	return store.Commit{Session: id, At: epoch, After: after, Records: records(after, 1)}
}

func fails(t *testing.T, f *Faulty, c store.Commit) {
	t.Helper()
	if err := f.Append(t.Context(), c); !errors.Is(err, errDisk) {
		t.Fatalf("append: %v, want %v", err, errDisk)
	}
}

func TestFail(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	f.Fail(Nth(2), errDisk)
	commit(t, f, next("a", 0))
	fails(t, f, next("a", 1))
	holds(t, f, "a", 1)
	commit(t, f, next("a", 1))
	holds(t, f, "a", 2)
}

func TestFailOfOneSession(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	f.Fail(NthOf("a", 2), errDisk)
	commit(t, f, next("a", 0))
	commit(t, f, next("b", 0))
	commit(t, f, next("b", 1))
	fails(t, f, next("a", 1))
}

func TestFailAtEvent(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	f.Fail(Event("turn.ended"), errDisk)
	commit(t, f, next("a", 0))
	end := next("a", 1)
	end.Records[0].Type = "turn.ended"
	fails(t, f, end)
	commit(t, f, end)
}

func TestCutShort(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	f.CutShort(Nth(1), errDisk)
	fails(t, f, next("a", 0))
	holds(t, f, "a", 1)
}

func TestStall(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	reached, release := f.Stall(Nth(1))
	done := make(chan error)
	go func() { done <- f.Append(t.Context(), next("a", 0)) }()
	<-reached
	commit(t, f, next("b", 0)) // others go on
	holds(t, f, "a", 0)
	release()
	release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	holds(t, f, "a", 1)
}

func TestStallUntilCancelled(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	reached, _ := f.Stall(Nth(1))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.Append(ctx, next("a", 0)) }()
	<-reached
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	holds(t, f, "a", 0)
}

func TestBreakAndMend(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	f.Break(errDisk)
	fails(t, f, next("a", 0))
	fails(t, f, next("b", 0))
	f.Mend()
	commit(t, f, next("a", 0))
}

func TestFaultsInOrder(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	f.Fail(Nth(1), errDisk)
	f.CutShort(Nth(2), errDisk)
	fails(t, f, next("a", 0))
	fails(t, f, next("a", 0))
	holds(t, f, "a", 1)
	commit(t, f, next("a", 1))
}
