package opencode

import (
	"context"
	"net/http"
	"time"
)

// settleTime is how long the last words of a turn are awaited after the program has said that it is done. Then it is
// looked up what has become of them.
const settleTime = 2 * time.Second

// beginTime is the same for a turn that seems not to have begun.
const beginTime = 200 * time.Millisecond

// steer reads what an event says about the turn itself.
func (t *turn) steer(e *event, raw []byte) {
	p := &e.Properties
	if _, ours := t.convert.family[p.SessionID]; !ours {
		return
	}
	switch e.Type {
	case "permission.asked":
		t.askPermission(&p.request, raw)
	case "question.asked":
		t.askQuestion(&p.request, raw)
	case "permission.replied", "question.replied", "question.rejected":
		t.settled(p.RequestID)
	}
	if p.SessionID != t.agent.native {
		return
	}
	switch e.Type {
	case "session.status":
		t.status(p.Status)
	case "session.idle":
		t.status(status{Type: "idle"})
	case "session.error": // where the work has not begun there may be no other word
		if !t.busy {
			t.doubt = time.After(beginTime)
		}
	}
}

// status reads what the session does.
func (t *turn) status(s status) {
	switch s.Type {
	case "busy":
		t.busy, t.idle = true, false
		if t.interrupted { // an interrupt that came before may have found nothing to stop
			t.abort()
		}
	case "retry":
		t.busy, t.idle = true, false
		if s.Attempt >= t.agent.adapter.config.Attempts && t.gaveUp == nil {
			t.gaveUp = &fault{Name: "APIError"}
			t.gaveUp.Data.Message = s.Message
			t.abort()
		}
	case "idle": // one from before the message is not meant
		t.idle = t.busy
		t.doubt = time.After(settleTime)
	}
}

// interrupt asks the program to stop, which ends the turn.
func (t *turn) interrupt() {
	t.interrupted = true
	t.abort()
}

// abort does not wait for an answer: the session says that it is idle.
func (t *turn) abort() {
	t.waits.Go(func() {
		err := t.server.call(t.ctx, http.MethodPost, "/session/"+t.agent.native+"/abort", t.agent.directory, nil, nil)
		if err != nil && t.ctx.Err() == nil {
			t.agent.log.Warn("session not aborted", "error", err)
		}
	})
}

// whileAlive is a context that ends with the server too.
func (s *server) whileAlive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-s.dead():
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// endsSoon says whether the server has ended, which may be noticed a moment after a request of it failed.
func (s *server) endsSoon() bool {
	select {
	case <-s.dead():
		return true
	case <-time.After(deathNotice):
		return false
	}
}

// deathNotice is how long it may take until a process that is gone is known to be.
const deathNotice = time.Second
