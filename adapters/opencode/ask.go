package opencode

import (
	"context"
	"maps"
	"net/http"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
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

// permissionReply answers a permission request.
type permissionReply struct {
	Reply   string `json:"reply"` // once or reject; "always" would hold for every session in the directory
	Message string `json:"message,omitempty"`
}

var (
	once = permissionReply{Reply: "once"}
	// With a message the agent goes on.
	rejected = permissionReply{Reply: "reject", Message: "Permission denied."}
)

// askPermission asks the user whether a tool may be used, unless that is clear.
func (t *turn) askPermission(r *request, raw []byte) {
	if t.requests[r.ID] != nil || t.failed != nil {
		return
	}
	one := &asked{request: r}
	t.requests[r.ID] = one
	if permits(t.agent.options.PermissionMode, r.Permission) || t.agent.grants.cover(r) {
		t.answer(r.ID, permissionPath(r), once)
		return
	}
	pending, err := t.host.AskPermission(permissionRequest(r, raw))
	if err != nil {
		t.fail(err)
		return
	}
	await(t, one, pending, func(reply openapi.PermissionReply) decision {
		d := decision{id: r.ID, path: permissionPath(r), body: once}
		switch reply {
		case openapi.PermissionReplyAlways:
			d.grant = true
		case openapi.PermissionReplyReject:
			d.body, d.hold = rejected, true
		case openapi.PermissionReplyOnce:
		}
		return d
	})
}

func permissionPath(r *request) string { return "/permission/" + r.ID + "/reply" }

func permissionRequest(r *request, raw []byte) adapters.PermissionRequest {
	metadata := map[string]any{}
	maps.Copy(metadata, r.Metadata) // command, or filepath and diff
	metadata["permission"], metadata["patterns"], metadata["always"] = r.Permission, r.Patterns, r.Always
	if r.Tool != nil {
		metadata["tool"] = r.Tool
	}
	return adapters.PermissionRequest{ID: r.ID, Action: r.Permission, Metadata: metadata, Raw: raw}
}

// askQuestion asks the user what the agent wants to know. Who does not want to answer rejects it; the turn goes on without.
func (t *turn) askQuestion(r *request, raw []byte) {
	if t.requests[r.ID] != nil || t.failed != nil {
		return
	}
	one := &asked{request: r}
	t.requests[r.ID] = one
	path := "/question/" + r.ID
	if len(r.Questions) == 0 {
		t.answer(r.ID, path+"/reject", nil)
		return
	}
	pending, err := t.host.AskQuestion(questionRequest(r, raw))
	if err != nil {
		t.fail(err)
		return
	}
	await(t, one, pending, func(reply adapters.QuestionReply) decision {
		if reply.Rejected {
			return decision{id: r.ID, path: path + "/reject"}
		}
		return decision{id: r.ID, path: path + "/reply", body: map[string]any{"answers": answers(r, reply.Answers)}}
	})
}

func questionRequest(r *request, raw []byte) adapters.QuestionRequest {
	details := make([]openapi.QuestionDetail, len(r.Questions))
	for i, q := range r.Questions {
		details[i] = openapi.QuestionDetail{Question: q.Question, Header: q.Header, MultiSelect: q.Multiple, Options: []openapi.QuestionOption{}}
		for _, o := range q.Options {
			details[i].Options = append(details[i].Options, openapi.QuestionOption{Label: o.Label, Description: o.Description})
		}
	}
	return adapters.QuestionRequest{ID: r.ID, Questions: details, Raw: raw}
}

// answers has a list for each question, which is empty where it was not answered.
func answers(r *request, given [][]string) [][]string {
	all := make([][]string, len(r.Questions))
	for i := range all {
		all[i] = []string{}
		if i < len(given) && given[i] != nil {
			all[i] = given[i]
		}
	}
	return all
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
