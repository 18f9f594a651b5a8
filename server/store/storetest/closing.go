package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// calls makes every call of a store once.
func calls(ctx context.Context, s store.Store, c store.Commit) map[string]error {
	answers := map[string]error{"Append": s.Append(ctx, c)}
	_, answers["NewKey"] = s.NewKey(ctx)
	_, answers["Read"] = s.Read(ctx, c.Session, 0, store.Page{})
	_, answers["Session"] = s.Session(ctx, c.Session)
	_, answers["Sessions"] = s.Sessions(ctx, store.Filter{})
	_, answers["Receipt"] = s.Receipt(ctx, "post", "k")
	answers["Forget"] = s.Forget(ctx, epoch)
	answers["Delete"] = s.Delete(ctx, c.Session)
	answers["Unfinished"] = nil
	for _, err := range s.Unfinished(ctx) {
		answers["Unfinished"] = err
	}
	return answers
}

// cancelled: a ctx that has ended before the call stops it.
func cancelled(t *testing.T, s store.Store) {
	beginWith(t, s, "a", &store.State{Unfinished: true})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for call, err := range calls(ctx, s, store.Commit{Session: "a", At: epoch, Records: records(0, 1)}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", call, err)
		}
	}
	holds(t, s, "a", 0)
}

// closed: after Close every call says so, and what was written before was waited for.
func closed(t *testing.T, s store.Store) {
	beginWith(t, s, "a", &store.State{Unfinished: true})
	begun, appended := make(chan struct{}), make(chan error)
	go func() {
		close(begun)
		appended <- s.Append(context.WithoutCancel(t.Context()), store.Commit{Session: "a", At: epoch, Records: records(0, 1)})
	}()
	<-begun
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if err := <-appended; err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("append during close: %v", err)
	}
	answers := calls(t.Context(), s, store.Commit{Session: "a", At: epoch, Records: records(0, 1)})
	answers["Close"] = s.Close()
	for call, err := range answers {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v", call, err)
		}
	}
}
