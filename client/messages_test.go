package client_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

var hello = openapi.MessageRequest{Message: "hello"}

const (
	messagePath = "POST /v1/sessions/s/messages/stream"
	eventsPath  = "GET /v1/sessions/s/events/sse"
)

// otherTurn is an event of a message that waits.
func otherTurn(sequence uint64) string {
	ev := event(sequence, openapi.MessageQueuedData{Message: "next", Position: 1})
	ev.TurnID = "turn_2"
	return frame(ev)
}

func failure(sequence uint64) string {
	return frame(event(sequence, openapi.ErrorData{Message: "oh"}))
}

// TestStreamMessage tells which requests a turn takes and what it yields. Every POST must carry one and the same key.
func TestStreamMessage(t *testing.T) {
	t.Parallel()
	type scripts = []http.HandlerFunc
	refused := refuse(503, "internal", "starting")
	for name, test := range map[string]struct {
		scripts scripts
		posts   int
		want    []uint64
		err     error
		opts    []client.CallOption
	}{
		"whole": {
			scripts: scripts{frames(turnStarted(2), delta(3), turnEnded(4))},
			posts:   1, want: []uint64{2, 3, 4},
		},
		"left open by the server": {
			scripts: scripts{hang(turnStarted(2), turnEnded(3))},
			posts:   1, want: []uint64{2, 3},
		},
		"goes on after a request": {
			scripts: scripts{frames(turnStarted(2), permission(3)), frames(delta(4), turnEnded(5))},
			posts:   1, want: []uint64{2, 3, 4, 5},
		},
		"goes on after an error": {
			scripts: scripts{frames(turnStarted(2), failure(3)), frames(failure(4), delta(5), turnEnded(6))},
			posts:   1, want: []uint64{2, 3, 4, 5, 6},
		},
		"ends as sent": {
			scripts: scripts{frames(turnStarted(2), permission(3))},
			posts:   1, want: []uint64{2, 3}, opts: []client.CallOption{client.AsSent()},
		},
		"ends as sent, after a cut": {
			scripts: scripts{cut(turnStarted(2)), hang(delta(3), permission(4), delta(5))},
			posts:   1, want: []uint64{2, 3, 4}, opts: []client.CallOption{client.AsSent()},
		},
		"cut": {
			scripts: scripts{cut(turnStarted(2), delta(3)), refused, cut(delta(4)), frames(delta(5), turnEnded(6))},
			posts:   1, want: []uint64{2, 3, 4, 5, 6},
		},
		"cut in an event": {
			scripts: scripts{cut(turnStarted(2), delta(3)[:40]), frames(delta(3), turnEnded(4))},
			posts:   1, want: []uint64{2, 3, 4},
		},
		"cut, and the server stays away for long": {
			scripts: append(append(scripts{cut(turnStarted(2))}, slices.Repeat(scripts{refused}, 20)...), frames(turnEnded(3))),
			posts:   1, want: []uint64{2, 3},
		},
		"closed before its end": {
			scripts: scripts{frames(turnStarted(2)), frames(turnEnded(3))},
			posts:   1, want: []uint64{2, 3},
		},
		"a gap is looked up": {
			scripts: scripts{frames(turnStarted(2), delta(4), turnEnded(5)), frames(delta(3), delta(4), turnEnded(5))},
			posts:   1, want: []uint64{2, 3, 4, 5},
		},
		"other turns are left out": {
			scripts: scripts{frames(turnStarted(2), delta(4), turnEnded(5)), frames(otherTurn(3), delta(4), turnEnded(5))},
			posts:   1, want: []uint64{2, 4, 5},
		},
		"terminated": {
			scripts: scripts{frames(turnStarted(2), permission(3)), frames(delta(4), terminated(5))},
			posts:   1, want: []uint64{2, 3, 4, 5},
		},
		"terminated while it waits": {
			scripts: scripts{frames(terminated(7))},
			posts:   1, want: []uint64{7},
		},
		"not heard at first": {
			scripts: scripts{abort, refused, refuse(429, "limit_exceeded", ""), frames(turnStarted(2), turnEnded(3))},
			posts:   4, want: []uint64{2, 3},
		},
		"cut before its first event": {
			scripts: append(slices.Repeat(scripts{cut(": wait\n\n")}, 9), frames(turnStarted(2), turnEnded(3))),
			posts:   10, want: []uint64{2, 3},
		},
		"refused": {
			scripts: scripts{refuse(400, "invalid_request", "invalid request: session terminated")},
			posts:   1, err: client.ErrInvalid,
		},
		"deleted meanwhile": {
			scripts: scripts{cut(turnStarted(2)), refuse(404, "session_not_found", "")},
			posts:   1, want: []uint64{2}, err: client.ErrNotFound,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, test.scripts...)
			got, err := collect(w.client().StreamMessage(t.Context(), "s", hello, test.opts...))
			if !errors.Is(err, test.err) || !slices.Equal(got, test.want) {
				t.Errorf("got %v, %v, want %v, %v", got, err, test.want, test.err)
			}
			checkPosts(t, w.asked(len(test.scripts)), test.posts)
		})
	}
}

// checkPosts expects so many POSTs of one and the same message, and then only requests for events.
func checkPosts(t *testing.T, requests []request, posts int) {
	t.Helper()
	key := requests[0].header.Get("Idempotency-Key")
	for i, r := range requests {
		switch what := r.method + " " + r.path; {
		case i < posts && (what != messagePath || r.header.Get("Idempotency-Key") != key || len(key) != 36):
			t.Errorf("request %d: %s under key %q, the first had %q", i, what, r.header.Get("Idempotency-Key"), key)
		case i < posts && r.body != `{"message":"hello"}`+"\n" && r.body != `{"message":"hello"}`:
			t.Errorf("request %d: body %s", i, r.body)
		case i >= posts && what != eventsPath:
			t.Errorf("request %d: %s", i, what)
		}
	}
}

func TestStreamMessageAnsweredInTheLoop(t *testing.T) {
	t.Parallel()
	w := newWire(t, frames(turnStarted(2), permission(3)), answer(204, ""), frames(delta(4), turnEnded(5)))
	c := w.client()
	for ev, err := range c.StreamMessage(t.Context(), "s", hello, client.IncludeRaw()) {
		if err != nil {
			t.Fatal(err)
		}
		if p, ok := ev.Data.(openapi.PermissionRequestedData); ok {
			if err := c.ReplyPermission(t.Context(), ev.SessionID, p.PermissionID, openapi.PermissionReplyOnce); err != nil {
				t.Fatal(err)
			}
		}
	}
	requests := w.asked(3)
	if r := requests[1]; r.path != "/v1/sessions/s/permissions/p/reply" || !strings.Contains(r.body, `"once"`) {
		t.Errorf("replied %s %s", r.path, r.body)
	}
	for _, i := range []int{0, 2} {
		if !strings.Contains(requests[i].query, "include_raw=true") {
			t.Errorf("request %d has no raw payloads: %s", i, requests[i].query)
		}
	}
}

func TestStreamMessageWithoutAKeyIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]http.HandlerFunc{
		"no answer": abort, "no event": cut(": wait\n\n"), "fault": refuse(500, "internal", ""), "bad gateway": answer(502, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, script)
			if got, err := collect(w.client(client.WithoutIdempotency()).StreamMessage(t.Context(), "s", hello)); err == nil {
				t.Errorf("got %v", got)
			}
			if key := w.asked(1)[0].header["Idempotency-Key"]; key != nil {
				t.Errorf("key %q", key)
			}
		})
	}
}

func TestStreamMessageWithoutAKeyIsResumed(t *testing.T) {
	t.Parallel()
	w := newWire(t, refuse(503, "internal", "starting"), cut(turnStarted(2)), frames(turnEnded(3)))
	got, err := collect(w.client(client.WithoutIdempotency()).StreamMessage(t.Context(), "s", hello))
	if err != nil || !slices.Equal(got, []uint64{2, 3}) {
		t.Errorf("got %v, %v", got, err)
	}
	w.asked(3)
}

func TestStreamMessageTwiceIsOneMessage(t *testing.T) {
	t.Parallel()
	whole := frames(turnStarted(2), turnEnded(3))
	w := newWire(t, whole, whole, whole)
	c := w.client()
	turn := c.StreamMessage(t.Context(), "s", hello)
	for range 2 {
		if _, err := collect(turn); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := collect(c.StreamMessage(t.Context(), "s", hello, client.IdempotencyKey("mine"))); err != nil {
		t.Fatal(err)
	}
	checkPosts(t, w.asked(3)[:2], 2)
	if key := w.asked(3)[2].header.Get("Idempotency-Key"); key != "mine" {
		t.Errorf("key %q", key)
	}
}

func TestLeavingATurnBeforeItsEnd(t *testing.T) {
	t.Parallel()
	w := newWire(t, hang(turnStarted(2), delta(3)))
	for _, err := range w.client().StreamMessage(t.Context(), "s", hello) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	w.asked(1)
}
