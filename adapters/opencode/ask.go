package opencode

import (
	"context"
	"net/http"

	"github.com/parleyhq/parley/adapters"
)

// asked is a request that the program waits for an answer to.
type asked struct {
	request  *request
	cancel   context.CancelFunc // of the wait for the user's answer; nil where nobody was asked
	rejected bool               // the user has rejected it
	told     bool               // the program was sent the answer
}

// decision is what became of a request.
type decision struct {
	id    string
	path  string // of the answer; empty when the program was told
	body  any
	hold  bool // it is a rejection, which has to wait
	grant bool // it holds for the like of it, too
}

// await waits for an answer beside the turn, and hands it to the turn as a decision. A withdrawn request has none.
func await[T any](t *turn, one *asked, pending adapters.Pending[T], decide func(T) decision) {
	ctx, cancel := context.WithCancel(t.ctx)
	one.cancel = cancel
	t.waits.Go(func() {
		defer cancel()
		reply, err := pending.Wait(ctx)
		if err != nil {
			return
		}
		t.report(decide(reply))
	})
}

func (t *turn) report(d decision) {
	select {
	case t.decisions <- d:
	case <-t.over:
	}
}

// decide takes a decision. A rejection makes the program reject all that is open in the same session: it waits until the
// user has decided on that too.
func (t *turn) decide(d decision) {
	one := t.requests[d.id]
	switch {
	case one == nil:
	case d.path == "":
		t.settled(d.id)
	case d.hold:
		one.rejected = true
		t.reject(one.request.SessionID)
	default:
		if d.grant {
			t.agent.grants.add(one.request)
		}
		t.answer(d.id, d.path, d.body)
	}
}

// reject tells the program what was rejected in a session, once nothing else is open there.
func (t *turn) reject(session string) {
	for _, one := range t.requests {
		if one.request.SessionID == session && !one.rejected {
			return
		}
	}
	for id, one := range t.requests {
		if one.request.SessionID == session && !one.told {
			t.answer(id, permissionPath(one.request), rejected)
		}
	}
}

// answer tells the program. It has heard it when it says so, or when it no longer knows the request.
func (t *turn) answer(id, path string, body any) {
	t.requests[id].told = true
	t.waits.Go(func() {
		err := t.server.call(t.ctx, http.MethodPost, path, t.agent.directory, body, nil)
		if err != nil && t.ctx.Err() == nil {
			t.agent.log.Warn("answer not taken", "request", id, "error", err)
		}
		t.report(decision{id: id})
	})
}

// settled takes back a request that the program does not wait for any more.
func (t *turn) settled(id string) {
	one := t.requests[id]
	if one == nil {
		return
	}
	delete(t.requests, id)
	if one.cancel != nil {
		one.cancel()
	}
	t.reject(one.request.SessionID)
}
