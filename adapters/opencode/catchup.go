package opencode

import (
	"context"
	"net/http"
	"time"
)

// lookMessages is how many messages of a session are looked up: those of the turn are the newest.
const lookMessages = "200"

// lookPatience bounds how long it may take to look everything up.
const lookPatience = 5 * time.Second

// catchUp looks up what the stream has not said while it was cut: what was said and done, what is asked, and whether the
// session is still at work. What was said twice by that is said once.
func (t *turn) catchUp() {
	t.convert.lose()
	state, err := t.lookUp()
	if err != nil {
		t.lookFailed(err)
		return
	}
	t.busy = t.busy || t.convert.last != nil // it has begun, and may be done already
	switch {
	case state != "":
		t.status(status{Type: state})
	case t.busy:
		t.status(status{Type: "idle"})
	default:
		t.doubt = time.After(lostTime)
	}
}

// look ends a turn of which nothing more is heard, unless the session is at work.
func (t *turn) look() {
	t.convert.lose()
	state, err := t.lookUp()
	switch {
	case err != nil:
		t.lookFailed(err)
	case state == "":
		t.looked = true
	default:
		t.status(status{Type: state})
	}
}

// lookFailed lets a look be taken again, unless the server has ended, which ends the turn.
func (t *turn) lookFailed(err error) {
	if t.server.alive() && t.ctx.Err() == nil {
		t.agent.log.Warn("session not looked up", "error", err)
		t.doubt = time.After(settleTime)
	}
}

// lookUp reads the turn's messages and requests, and gives what the session does: empty when nothing.
func (t *turn) lookUp() (state string, err error) {
	ctx, cancel := t.server.whileAlive(t.ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, lookPatience) // an interrupt waits for it
	defer cancel()
	directory := t.agent.directory
	get := func(path string, out any) error { return t.server.call(ctx, http.MethodGet, path, directory, nil, out) }
	// The state first: what comes after it is news.
	states := map[string]status{}
	if err := get("/session/status", &states); err != nil {
		return "", err
	}
	if err := t.lookAtSession(ctx, t.agent.native); err != nil {
		return "", err
	}
	if err := t.lookAtRequests(get); err != nil {
		return "", err
	}
	return states[t.agent.native].Type, nil
}

// lookAtSession reads the messages of a session and of those that work for it.
func (t *turn) lookAtSession(ctx context.Context, session string) error {
	s, directory := t.server, t.agent.directory
	var messages []storedMessage
	if err := s.call(ctx, http.MethodGet, "/session/"+session+"/message?limit="+lookMessages, directory, nil, &messages); err != nil {
		return err
	}
	t.emit(t.convert.stored(messages)...)
	var children []info
	if err := s.call(ctx, http.MethodGet, "/session/"+session+"/children", directory, nil, &children); err != nil {
		return err
	}
	for i := range children {
		child := &children[i]
		if child.ID == "" || child.ID == session || child.ParentID != session {
			continue
		}
		t.feed.subscribe(child.ID, t.queue)
		t.convert.subagent(&properties{Info: child, request: request{SessionID: child.ID}})
		if err := t.lookAtSession(ctx, child.ID); err != nil {
			return err
		}
	}
	return nil
}

// lookAtRequests asks the user what is open and was not asked yet, and takes back what is not open any more.
func (t *turn) lookAtRequests(get func(path string, out any) error) error {
	var permissions, questions []request
	if err := get("/permission", &permissions); err != nil {
		return err
	}
	if err := get("/question", &questions); err != nil {
		return err
	}
	open := map[string]bool{}
	for i := range permissions {
		open[permissions[i].ID] = true
		t.asks(&permissions[i], t.askPermission)
	}
	for i := range questions {
		open[questions[i].ID] = true
		t.asks(&questions[i], t.askQuestion)
	}
	for id := range t.requests {
		if !open[id] {
			t.settled(id)
		}
	}
	return nil
}

func (t *turn) asks(r *request, ask func(*request, []byte)) {
	if _, ours := t.convert.family[r.SessionID]; ours {
		ask(r, nil)
	}
}

// lose marks the parts that are open: pieces of them may be missing.
func (c *converter) lose() {
	for _, o := range c.opened {
		o.stale = o.stale || !o.done
	}
}
