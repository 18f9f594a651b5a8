package server

import (
	"context"
	"crypto/sha256"
	"encoding/json"

	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/stub"
)

// ListSessions implements the operation of this name.
func (s *Server) ListSessions(ctx context.Context, r stub.ListSessionsRequestObject) (stub.ListSessionsResponseObject, error) {
	list, err := s.cfg.Sessions.List(ctx, r.Params.Limit, r.Params.Cursor)
	return stub.ListSessions200JSONResponse(list), err
}

// CreateSession implements the operation of this name.
func (s *Server) CreateSession(ctx context.Context, r stub.CreateSessionRequestObject) (stub.CreateSessionResponseObject, error) {
	created, err := s.cfg.Sessions.Create(ctx, r.SessionID, *r.Body, once(r.Params.IdempotencyKey, r.Body))
	return stub.CreateSession200JSONResponse(created), err
}

// GetSession implements the operation of this name.
func (s *Server) GetSession(ctx context.Context, r stub.GetSessionRequestObject) (stub.GetSessionResponseObject, error) {
	info, err := s.cfg.Sessions.Get(ctx, r.SessionID)
	return stub.GetSession200JSONResponse(info), err
}

// DeleteSession implements the operation of this name.
func (s *Server) DeleteSession(ctx context.Context, r stub.DeleteSessionRequestObject) (stub.DeleteSessionResponseObject, error) {
	err := s.cfg.Sessions.Delete(ctx, r.SessionID)
	s.presence.legs.forget(r.SessionID)
	return stub.DeleteSession204Response{}, err
}

// TerminateSession implements the operation of this name.
func (s *Server) TerminateSession(ctx context.Context, r stub.TerminateSessionRequestObject) (stub.TerminateSessionResponseObject, error) {
	return stub.TerminateSession204Response{}, s.cfg.Sessions.Terminate(ctx, r.SessionID)
}

// InterruptSession implements the operation of this name.
func (s *Server) InterruptSession(ctx context.Context, r stub.InterruptSessionRequestObject) (stub.InterruptSessionResponseObject, error) {
	return stub.InterruptSession204Response{}, s.cfg.Sessions.Interrupt(ctx, r.SessionID)
}

// once makes a command harmless when it is repeated under the same key. What counts is what its body says, not how that
// is written.
func once(key string, body any) session.Idempotency {
	if key == "" {
		return session.Idempotency{}
	}
	said, err := json.Marshal(body)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	hash := sha256.Sum256(said)
	return session.Idempotency{Key: key, Hash: hash[:]}
}
