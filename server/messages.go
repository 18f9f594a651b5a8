package server

import (
	"context"
	"encoding/json"
	"math"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/stub"
)

// PostMessage implements the operation of this name.
func (s *Server) PostMessage(ctx context.Context, r stub.PostMessageRequestObject) (stub.PostMessageResponseObject, error) {
	_, err := s.cfg.Sessions.Message(ctx, r.SessionID, *r.Body, once(r.Params.IdempotencyKey, r.Body))
	return stub.PostMessage204Response{}, err
}

// StreamMessage implements the operation of this name.
func (s *Server) StreamMessage(ctx context.Context, r stub.StreamMessageRequestObject) (stub.StreamMessageResponseObject, error) {
	// A stream that may not be opened is refused before its message is accepted: the caller will send that again. It
	// begins after everything, so that nothing is read yet.
	f, err := s.cfg.Sessions.Follow(ctx, r.SessionID, math.MaxUint64, r.Params.IncludeRaw)
	if err != nil {
		return nil, err
	}
	accepted, err := s.cfg.Sessions.Message(ctx, r.SessionID, *r.Body, once(r.Params.IdempotencyKey, r.Body))
	if err != nil {
		f.Close()
		return nil, err
	}
	f.Seek(accepted.Sequence - 1)
	return s.follow(ctx, f, r.Params.IncludeRaw, turnOf(accepted, f)), nil
}

// turn picks one turn's events out of a log.
type turn struct {
	id    string
	ended func() (bool, uint64) // whether the session was terminated, and its last event
	begun bool
	over  bool // only the session's end may follow
	calls int  // that wait for their results
}

func turnOf(a session.Accepted, f *session.Follower) *turn {
	return &turn{id: a.TurnID, ended: f.Ended, begun: a.Joined, calls: a.Calls}
}

// waits says whether the client has to execute tools: it learns of all calls that come at once.
func (t *turn) waits() bool { return t.begun && t.calls > 0 }

// pick passes on what belongs to the turn, from its start to the first event that ends it or waits for the user.
func (t *turn) pick(r store.Record) (send, last bool) {
	switch {
	case !t.begun:
		return t.await(r)
	case t.over && r.Type != openapi.EventMessageDropped:
		return r.Type == openapi.EventSessionEnded, true
	}
	switch r.Type {
	case openapi.EventMessageQueued, openapi.EventMessageDropped:
		return false, false
	case openapi.EventSessionUpdated:
		return turnID(r) == t.id, false
	case openapi.EventToolRequested:
		t.calls++
	case openapi.EventToolResolved:
		t.calls--
	case openapi.EventTurnEnded:
		t.over = t.cut(r)
		return true, !t.over
	case openapi.EventSessionEnded, openapi.EventError, openapi.EventAgentUnparsed,
		openapi.EventPermissionRequested, openapi.EventQuestionRequested:
		return true, true
	}
	return true, false
}

// cut tells whether a turn may have ended because its session was terminated: the session's end follows then, and is the
// stream's.
func (t *turn) cut(r store.Record) bool {
	ended, last := t.ended()
	if !ended {
		return false
	}
	var event struct{ Data openapi.TurnEndedData }
	_ = json.Unmarshal(r.JSON, &event)
	return event.Data.Status == openapi.TurnStatusInterrupted && r.Sequence < last
}

// await looks for the turn's start. A session that is terminated first will not have one; one that its agent ends will.
func (t *turn) await(r store.Record) (send, last bool) {
	switch r.Type {
	case openapi.EventTurnStarted:
		t.begun = turnID(r) == t.id
		return t.begun, false
	case openapi.EventSessionEnded:
		return terminated(r), terminated(r)
	}
	return false, false
}

func turnID(r store.Record) string {
	var event struct {
		TurnID string `json:"turn_id"`
	}
	_ = json.Unmarshal(r.JSON, &event) // the log holds nothing but JSON
	return event.TurnID
}

func terminated(r store.Record) bool {
	var event struct{ Data openapi.SessionEndedData }
	_ = json.Unmarshal(r.JSON, &event)
	return event.Data.Reason == openapi.SessionEndReasonTerminated
}
