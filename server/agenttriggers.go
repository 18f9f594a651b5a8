package server

import (
	"context"
	"math"
	"net/http"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/stub"
	"github.com/parleyhq/parley/server/uistream"
)

// VisitTriggerAgentSessionResponse implements the stub's response.
func (f stream) VisitTriggerAgentSessionResponse(w http.ResponseWriter) error { return f(w) }

// VisitStartAgentSessionResponse implements the stub's response.
func (f stream) VisitStartAgentSessionResponse(w http.ResponseWriter) error { return f(w) }

// VisitResumeAgentSessionStreamResponse implements the stub's response.
func (f stream) VisitResumeAgentSessionStreamResponse(w http.ResponseWriter) error { return f(w) }

// TriggerAgentSession implements the operation of this name.
func (s *Server) TriggerAgentSession(ctx context.Context, r stub.TriggerAgentSessionRequestObject) (stub.TriggerAgentSessionResponseObject, error) {
	return s.triggerUI(ctx, r.SessionID, *r.Body, string(r.Params.Stream), session.Idempotency{})
}

// StartAgentSession implements the operation of this name. No session is left of a trigger that is refused.
func (s *Server) StartAgentSession(ctx context.Context, r stub.StartAgentSessionRequestObject) (stub.StartAgentSessionResponseObject, error) {
	fresh, err := freshTrigger(r.Body.Trigger)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Sessions.CheckTrigger(r.Body.AgentID, r.Body.Input, fresh); err != nil {
		return nil, err
	}
	id := newAgentSessionID(r.Body.IdempotencyKey)
	req := openapi.CreateAgentSessionRequest{AgentID: r.Body.AgentID, Input: r.Body.Input}
	key := once(r.Body.IdempotencyKey, r.Body)
	if err := s.cfg.Sessions.CreateAgentSession(ctx, id, req, key); err != nil {
		return nil, err
	}
	return s.triggerUI(ctx, id, r.Body.Trigger, string(r.Params.Stream), key)
}

// triggerUI fires a trigger, or hands over results, and streams what follows. A trigger that was fired before under its key is
// streamed once more, from its beginning.
func (s *Server) triggerUI(ctx context.Context, id string, req openapi.TriggerRequest, form string, once session.Idempotency) (stream, error) {
	// A stream that may not be opened is refused before the trigger has an effect: the client will send that again.
	f, err := s.cfg.Sessions.Follow(ctx, id, math.MaxUint64, false)
	if err != nil {
		return nil, err
	}
	a, err := s.cfg.Sessions.AgentSession(ctx, id)
	if err != nil {
		f.Close()
		return nil, err
	}
	accepted, err := s.trigger(ctx, id, req, false, once)
	if err != nil {
		f.Close()
		return nil, err
	}
	u := uiStream{run: run{id, accepted.TurnID}, fired: true, from: accepted.Sequence, form: form, tools: a.Tools}
	if accepted.Joined {
		u.from, u.after = accepted.Began, s.presence.legs.last(u.run)
		if u.after == (uistream.ID{}) {
			u.answer = accepted.Sequence - 1
		}
	}
	return s.followUI(ctx, f, u), nil
}

// ResumeAgentSessionStream implements the operation of this name.
func (s *Server) ResumeAgentSessionStream(ctx context.Context, r stub.ResumeAgentSessionStreamRequestObject) (stub.ResumeAgentSessionStreamResponseObject, error) {
	after, err := placeUI(r.Params.LastEventID)
	if err != nil {
		return nil, err
	}
	f, err := s.resumeUI(ctx, r.SessionID, after, string(r.Params.Stream))
	if f == nil && err == nil {
		return stub.ResumeAgentSessionStream204Response{}, nil
	}
	return f, err
}

// resumeUI streams the turn that is under way; nil when there is none.
func (s *Server) resumeUI(ctx context.Context, id string, after uistream.ID, form string) (stream, error) {
	a, err := s.cfg.Sessions.AgentSession(ctx, id)
	if err != nil || a.Turn == "" {
		return nil, err
	}
	f, err := s.cfg.Sessions.Follow(ctx, id, a.Sequence-1, false)
	if err != nil {
		return nil, err
	}
	return s.followUI(ctx, f, uiStream{run: run{id, a.Turn}, from: a.Sequence, after: after, form: form, tools: a.Tools}), nil
}

// placeUI is the UI event after which a stream goes on.
func placeUI(id string) (uistream.ID, error) {
	if id == "" {
		return uistream.ID{}, nil
	}
	after, err := uistream.ParseID(id)
	if err != nil {
		return after, fieldErrors{{Pointer: "header/Last-Event-ID", Detail: "must be the id of an event, SEQUENCE.INDEX"}}
	}
	return after, nil
}
