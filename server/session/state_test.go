package session

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// busySession makes a log in which most things happen, and returns it.
func busySession(t *testing.T, w *world) []openapi.Event {
	w.puppet.scripts["ask"] = asking
	w.create("s")
	w.send("s", "ask")
	w.send("s", "waits")
	w.send("s", "hold")
	w.send("s", "never runs")
	w.await("s", func(e openapi.Event) bool {
		d, ok := e.Data.(openapi.PermissionRequestedData)
		return ok && d.PermissionID == "b"
	})
	w.reply("s", "b", openapi.PermissionReplyAlways)
	w.reply("s", "a", openapi.PermissionReplyOnce)
	w.awaitEnds("s", 2)
	if err := w.Terminate(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	return w.await("s", typed(openapi.EventSessionEnded))
}

func TestFoldInPiecesEqualsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	events := busySession(t, w)
	row, err := w.store.Session(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := loadState(row.State)
	if err != nil {
		t.Fatal(err)
	}
	whole := foldAll(state{}, events)
	if !reflect.DeepEqual(normal(t, whole), normal(t, stored)) {
		t.Errorf("folded %+v\nstored %+v", whole, stored)
	}
	for range 50 {
		cut := rand.IntN(len(events) + 1)
		half := normal(t, foldAll(state{}, events[:cut]))
		if got := foldAll(half, events[cut:]); !reflect.DeepEqual(normal(t, got), normal(t, whole)) {
			t.Fatalf("cut at %d: %+v, want %+v", cut, got, whole)
		}
	}
}

func foldAll(s state, events []openapi.Event) state {
	for _, e := range events {
		s.fold(e)
	}
	return s
}

// normal is the state as it comes back from the store.
func normal(t *testing.T, s state) state {
	t.Helper()
	row, err := s.stored()
	if err != nil {
		t.Fatal(err)
	}
	back, err := loadState(*row)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func TestGrantKeys(t *testing.T) {
	t.Parallel()
	var s state
	s.grant(grantKeys("Bash: rm", map[string]any{"toolName": "Shell", "codexRequestKind": 3}))
	for action, want := range map[string]bool{"bash ls": true, "Bash: rm": true, "Write": false, "": false} {
		if s.granted(action, nil) != want {
			t.Errorf("%q granted: %v", action, !want)
		}
	}
	if !s.granted("x", map[string]any{"toolName": "Shell"}) {
		t.Error("the tool's name was not remembered")
	}
	b, _ := json.Marshal(s)
	if string(b) == "{}" {
		t.Error("grants are not stored")
	}
}
