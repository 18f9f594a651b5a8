package storetest

import (
	"context"
	"sync"

	"github.com/parleyhq/parley/server/store"
)

// Faulty is a store whose Append goes wrong on demand; every other call goes straight to the Store inside.
// A fault is armed for one Append, which a Condition picks, and is then used up. Faults are looked at in the order in
// which they were armed, and one Append meets at most one.
type Faulty struct {
	store.Store

	mu     sync.Mutex
	armed  []*armed
	broken error
}

// A Condition picks an Append by its commit. It is asked about one commit after another, in the order of the calls, and
// may count.
type Condition func(store.Commit) bool

// Nth picks the n-th Append from now on, over all sessions; 1 is the next one.
func Nth(n int) Condition {
	return func(store.Commit) bool { n--; return n == 0 }
}

// NthOf picks the n-th Append of one session from now on.
func NthOf(session string, n int) Condition {
	nth := Nth(n)
	return func(c store.Commit) bool { return c.Session == session && nth(c) }
}

// Event picks the first Append that has a record of this type.
func Event(kind string) Condition {
	return func(c store.Commit) bool {
		for _, r := range c.Records {
			if r.Type == kind {
				return true
			}
		}
		return false
	}
}

// armed is a fault that waits for its Append. It wraps the Append inside.
type armed struct {
	when  Condition
	fault func(ctx context.Context, inside func() error) error
}

// NewFaulty wraps s. Until something is armed it behaves as s does.
func NewFaulty(s store.Store) *Faulty { return &Faulty{Store: s} }

// Fail makes the Append that when picks return err; nothing of it is written.
func (f *Faulty) Fail(when Condition, err error) {
	f.arm(when, func(context.Context, func() error) error { return err })
}

// CutShort makes the Append that when picks durable, and lets it return err all the same: the machine went away
// between the write and the answer.
func (f *Faulty) CutShort(when Condition, err error) {
	f.arm(when, func(_ context.Context, inside func() error) error {
		if inner := inside(); inner != nil {
			return inner
		}
		return err
	})
}

// Stall holds the Append that when picks, before anything is written. reached is closed when that Append has come;
// release lets it go on and may be called more than once. If the ctx of the Append ends first, it returns with that
// error and nothing is written.
func (f *Faulty) Stall(when Condition) (reached <-chan struct{}, release func()) {
	came, gate := make(chan struct{}), make(chan struct{})
	f.arm(when, func(ctx context.Context, inside func() error) error {
		close(came)
		select {
		case <-gate:
			return inside()
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return came, sync.OnceFunc(func() { close(gate) })
}

// Break makes every Append fail with err and write nothing, like a full disk, until Mend.
func (f *Faulty) Break(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = err
}

// Mend ends Break.
func (f *Faulty) Mend() { f.Break(nil) }

func (f *Faulty) arm(when Condition, fault func(context.Context, func() error) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, &armed{when: when, fault: fault})
}

// Append implements store.Store.
func (f *Faulty) Append(ctx context.Context, c store.Commit) error {
	a, broken := f.pick(c)
	inside := func() error { return f.Store.Append(ctx, c) }
	switch {
	case broken != nil:
		return broken
	case a != nil:
		return a.fault(ctx, inside)
	}
	return inside()
}

// pick asks every condition, also after one has said yes: those that count must see each Append.
func (f *Faulty) pick(c store.Commit) (picked *armed, broken error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return nil, f.broken
	}
	var rest []*armed
	for _, a := range f.armed {
		if yes := a.when(c); yes && picked == nil {
			picked = a
			continue
		}
		rest = append(rest, a)
	}
	f.armed = rest
	return picked, nil
}
