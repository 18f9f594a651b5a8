package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// conflict: a writer who does not know the last event writes nothing.
func conflict(t *testing.T, s store.Store) {
	begin(t, s, "a")
	add(t, s, "a", 0, 3)
	for _, after := range []uint64{0, 2, 4, 1 << 40} {
		refused(t, s, store.Commit{Session: "a", At: epoch, After: after, Records: records(after, 2)}, store.ErrConflict)
	}
	holds(t, s, "a", 3)
	add(t, s, "a", 3, 1)
	holds(t, s, "a", 4)
}

// conflictOneWins: of many writers with the same knowledge exactly one goes through.
func conflictOneWins(t *testing.T, s store.Store) {
	begin(t, s, "a")
	const writers, rounds = 8, 20
	for round := range uint64(rounds) {
		var won atomic.Int64
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				err := s.Append(t.Context(), store.Commit{Session: "a", At: epoch, After: round, Records: records(round, 1)})
				switch {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, store.ErrConflict):
					t.Errorf("append: %v", err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d writers succeeded", round, won.Load())
		}
	}
	holds(t, s, "a", rounds)
}

// recordForm: records that do not follow After without a gap are refused, whatever After is.
func recordForm(t *testing.T, s store.Store) {
	begin(t, s, "a")
	add(t, s, "a", 0, 2)
	gap := records(2, 3)
	gap[2].Sequence++
	for name, list := range map[string][]store.Record{
		"too early": records(1, 1), "too late": records(3, 1), "gap": gap, "twice": {gap[0], gap[0]},
	} {
		if err := s.Append(t.Context(), store.Commit{Session: "a", At: epoch, After: 2, Records: list}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	holds(t, s, "a", 2)
}

// fencing: a newer owner takes over with its first commit, of whatever kind; the older one writes nothing from then on,
// and is told that and not that its sequence is old.
func fencing(t *testing.T, s store.Store) {
	begin(t, s, "a")
	commit(t, s, store.Commit{Session: "a", At: epoch, Records: records(0, 2)})
	commit(t, s, store.Commit{Session: "a", At: epoch, Epoch: 3, After: 2})
	if got := row(t, s, "a").Epoch; got != 3 {
		t.Fatalf("epoch %d after a takeover with 3", got)
	}
	for _, older := range []uint64{0, 1, 2} {
		refused(t, s, store.Commit{Session: "a", At: epoch, Epoch: older, After: 2, Records: records(2, 1)}, store.ErrFenced)
		refused(t, s, store.Commit{Session: "a", At: epoch, Epoch: older, After: 1}, store.ErrFenced)
	}
	commit(t, s, store.Commit{Session: "a", At: epoch, Epoch: 3, After: 2, Records: records(2, 1)})
	refused(t, s, store.Commit{Session: "a", At: epoch, Epoch: 9, After: 2, Records: records(2, 1)}, store.ErrConflict)
	if got := row(t, s, "a").Epoch; got != 3 {
		t.Fatalf("a refused takeover changed the epoch to %d", got)
	}
	holds(t, s, "a", 3)
}
