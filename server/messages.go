package server

import (
	"context"
	"encoding/json"
	"math"

	"github.com/parleyhq/parley/openapi"
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
	if err := s.mayFollow(ctx, r.SessionID); err != nil {
		return nil, err
	}
	accepted, err := s.cfg.Sessions.Message(ctx, r.SessionID, *r.Body, once(r.Params.IdempotencyKey, r.Body))
	if err != nil {
		return nil, err
	}
	f, err := s.cfg.Sessions.Follow(ctx, r.SessionID, accepted.Sequence-1, r.Params.IncludeRaw)
	if err != nil {
		return nil, err
	}
	turn := turn{id: accepted.TurnID}
	return s.follow(ctx, f, r.Params.IncludeRaw, turn.pick), nil
}

// mayFollow refuses a stream before its message is accepted: a caller who is refused sends the message again. It asks for
// what comes after everything, so that nothing is read.
func (s *Server) mayFollow(ctx context.Context, id string) error {
	f, err := s.cfg.Sessions.Follow(ctx, id, math.MaxUint64, false)
	if err != nil {
		return err
	}
	f.Close()
	return nil
}

// turn picks one turn's events out of a log.
type turn struct {
	id    string
	begun bool
}

// pick passes on what belongs to the turn, from its start to the first event that ends it or waits for the user.
func (t *turn) pick(r store.Record) (send, last bool) {
	if !t.begun {
		return t.await(r)
	}
	switch r.Type {
	case openapi.EventMessageQueued, openapi.EventMessageDropped:
		return false, false
	case openapi.EventSessionUpdated:
		return turnOf(r) == t.id, false
	case openapi.EventTurnEnded, openapi.EventSessionEnded, openapi.EventError, openapi.EventAgentUnparsed,
		openapi.EventPermissionRequested, openapi.EventQuestionRequested:
		return true, true
	}
	return true, false
}

// await looks for the turn's start. A session that is terminated first will not have one; one that its agent ends will.
func (t *turn) await(r store.Record) (send, last bool) {
	switch r.Type {
	case openapi.EventTurnStarted:
		t.begun = turnOf(r) == t.id
		return t.begun, false
	case openapi.EventSessionEnded:
		return terminated(r), terminated(r)
	}
	return false, false
}

func turnOf(r store.Record) string {
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
