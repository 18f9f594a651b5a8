package opencode

import (
	"net/http"
	"time"
)

// How long it is waited for a word of the program before it is looked up what has become of the turn.
const (
	settleTime = 2 * time.Second        // after it has said that it is done, for its last words
	beginTime  = 200 * time.Millisecond // after an error before the work has begun, which is all that may be heard
	lostTime   = 30 * time.Second       // after a cut of the stream before the work has begun
)

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
		t.busy, t.idle, t.doubt = true, false, nil
		if t.interrupted { // an interrupt that came before may have found nothing to stop
			t.abort()
		}
	case "retry":
		t.busy, t.idle, t.doubt = true, false, nil
		if s.Attempt >= t.agent.adapter.config.Attempts && t.gaveUp == nil {
			t.gaveUp = &fault{Name: "APIError"}
			t.gaveUp.Data.Message = s.Message
			t.abort()
		}
	case "idle":
		if t.busy { // else it is about an earlier message
			t.idle, t.doubt = true, time.After(settleTime)
		}
	}
}

// interrupt asks the program to stop, which ends the turn.
func (t *turn) interrupt() {
	t.interrupted = true
	t.abort()
}

// abort does not wait for an answer: the session says that it is idle.
func (t *turn) abort() {
	if t.convert == nil { // the program has no message yet
		return
	}
	t.waits.Go(func() {
		err := t.server.call(t.ctx, http.MethodPost, "/session/"+t.agent.native+"/abort", t.agent.directory, nil, nil)
		if err != nil && t.ctx.Err() == nil {
			t.agent.log.Warn("session not aborted", "error", err)
		}
	})
}
