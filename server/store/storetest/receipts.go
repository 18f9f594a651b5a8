package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/parleyhq/parley/server/store"
)

func answer(scope, key, body string) *store.Receipt {
	return &store.Receipt{
		Scope: scope, Key: key, Hash: []byte("hash of " + body), Answer: []byte("answer to " + body),
		Sequence: 4, Created: epoch,
	}
}

func sameReceipt(t testing.TB, got, want store.Receipt) {
	t.Helper()
	if got.Scope != want.Scope || got.Key != want.Key || got.Sequence != want.Sequence || !got.Created.Equal(want.Created) ||
		!bytes.Equal(got.Hash, want.Hash) || !bytes.Equal(got.Answer, want.Answer) {
		t.Fatalf("receipt is %+v, want %+v", got, want)
	}
}

func known(t testing.TB, s store.Store, want *store.Receipt) {
	t.Helper()
	got, err := s.Receipt(t.Context(), want.Scope, want.Key)
	if err != nil {
		t.Fatalf("receipt %s %s: %v", want.Scope, want.Key, err)
	}
	sameReceipt(t, got, *want)
}

func unknown(t testing.TB, s store.Store, scope, key string) {
	t.Helper()
	if _, err := s.Receipt(t.Context(), scope, key); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("receipt %s %s: %v, want none", scope, key, err)
	}
}

// receipt: it is found by scope and key together, and keeps everything.
func receipt(t *testing.T, s store.Store) {
	begin(t, s, "a")
	unknown(t, s, "x", "y")
	all := []*store.Receipt{answer("x", "y", "1"), answer("x", "z", "2"), answer("xy", "", "3"), answer("", "xy", "4")}
	for _, r := range all {
		commit(t, s, store.Commit{Session: "a", At: epoch, Receipt: r})
	}
	for _, r := range all {
		known(t, s, r)
	}
	unknown(t, s, "z", "x")
}

// receiptFirstAnswer: a key that was used refuses the commit and gives the first answer and hash, also where the
// commit would be refused anyway: a repeated request is most often late.
func receiptFirstAnswer(t *testing.T, s store.Store) {
	first := answer("post", "k", "body")
	commit(t, s, store.Commit{Session: "a", At: epoch, Create: newSession(t, s, "a"), Records: records(0, 1), Receipt: first})
	again := answer("post", "k", "another body")
	for name, c := range map[string]store.Commit{
		"good":     {Session: "a", At: epoch, After: 1, Records: records(1, 1), Receipt: again},
		"conflict": {Session: "a", At: epoch, After: 0, Records: records(0, 1), Receipt: again},
		"exists":   {Session: "a", At: epoch, Create: newSession(t, s, "a"), Receipt: again},
		"new":      {Session: "b", At: epoch, Create: newSession(t, s, "b"), Receipt: again},
	} {
		refused(t, s, c, store.ErrReceipt)
		var known *store.ReceiptError
		if err := s.Append(t.Context(), c); !errors.As(err, &known) {
			t.Fatalf("%s: %v is no *ReceiptError", name, err)
		}
		sameReceipt(t, known.First, *first)
	}
	known(t, s, first)
	holds(t, s, "a", 1)
}

// receiptGoesWithCommit: no receipt without its commit.
func receiptGoesWithCommit(t *testing.T, s store.Store) {
	begin(t, s, "a")
	refused(t, s, store.Commit{Session: "a", After: 9, Receipt: answer("post", "k", "1")}, store.ErrConflict)
	refused(t, s, store.Commit{Session: "b", Receipt: answer("post", "k", "1")}, store.ErrNotFound)
	unknown(t, s, "post", "k")
	commit(t, s, store.Commit{Session: "a", At: epoch, Receipt: answer("post", "k", "2")})
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	known(t, s, answer("post", "k", "2"))
}

// receiptForget: what is older goes, however much it is; the key can then be used again.
func receiptForget(t *testing.T, s store.Store) {
	begin(t, s, "a")
	const old = 1200
	for i := range old {
		r := answer("post", string(rune('a'+i)), "1")
		r.Created = epoch.Add(time.Duration(i-old) * time.Second)
		commit(t, s, store.Commit{Session: "a", At: epoch, Receipt: r})
	}
	commit(t, s, store.Commit{Session: "a", At: epoch, Receipt: answer("post", "young", "1")})
	if err := s.Forget(t.Context(), epoch); err != nil {
		t.Fatal(err)
	}
	for i := range old {
		unknown(t, s, "post", string(rune('a'+i)))
	}
	known(t, s, answer("post", "young", "1"))
	commit(t, s, store.Commit{Session: "a", At: epoch, Receipt: answer("post", "a", "again")})
	known(t, s, answer("post", "a", "again"))
}
