package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// reopen: everything that was acknowledged is there again.
func reopen(t *testing.T, h Harness) {
	s := h.Store
	var want []store.Session
	for i := range 5 {
		id := fmt.Sprint("session ", i)
		beginWith(t, s, id, &store.State{Status: "running", Unfinished: i == 1, Pending: i, Data: []byte(`{"n":1}`)})
		add(t, s, id, 0, 10*i)
		want = append(want, row(t, s, id))
	}
	commit(t, s, store.Commit{Session: "session 0", At: epoch, Receipt: answer("post", "k", "1")})
	remove(t, s, "session 4")
	for range 2 {
		s = h.Reopen(t)
		for i, w := range want[:4] {
			sameSession(t, row(t, s, w.ID), w)
			holds(t, s, w.ID, 10*i)
		}
		if all := sessions(t, s, store.Filter{}); len(all) != 4 {
			t.Fatalf("sessions %s", ids(all))
		}
		if got := fmt.Sprint(marked(t, s)); got != "map[session 1:true]" {
			t.Fatalf("unfinished %s", got)
		}
		known(t, s, answer("post", "k", "1"))
		refused(t, s, store.Commit{Session: "session 0", At: epoch, Receipt: answer("post", "k", "2")}, store.ErrReceipt)
	}
	add(t, s, "session 3", 30, 2)
	holds(t, h.Reopen(t), "session 3", 32)
}

// reopenFencing: an older owner stays out after a restart.
func reopenFencing(t *testing.T, h Harness) {
	begin(t, h.Store, "a")
	commit(t, h.Store, store.Commit{Session: "a", At: epoch, Epoch: 5, Records: records(0, 1)})
	s := h.Reopen(t)
	refused(t, s, store.Commit{Session: "a", At: epoch, Epoch: 4, After: 1, Records: records(1, 1)}, store.ErrFenced)
	commit(t, s, store.Commit{Session: "a", At: epoch, Epoch: 5, After: 1, Records: records(1, 1)})
	holds(t, s, "a", 2)
}

// reopenKeys: the key of a deleted session does not come back, not even the highest.
func reopenKeys(t *testing.T, h Harness) {
	s := h.Store
	begin(t, s, "first")
	highest := begin(t, s, "last").Key
	for range 3 {
		remove(t, s, "last")
		s = h.Reopen(t)
		fresh := begin(t, s, "last")
		if fresh.Key <= highest {
			t.Fatalf("key %d is given out after %d", fresh.Key, highest)
		}
		highest = fresh.Key
		holds(t, s, "last", 0)
	}
}

// reopenAfterBurst: what many small appends left behind is read back whole, and the closed store answers ErrClosed.
func reopenAfterBurst(t *testing.T, h Harness) {
	begin(t, h.Store, "a")
	const total = 500
	for i := range total {
		add(t, h.Store, "a", uint64(i), 1)
	}
	s := h.Reopen(t)
	if _, err := h.Store.Session(t.Context(), "a"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("the store before: %v", err)
	}
	holds(t, s, "a", total)
}
