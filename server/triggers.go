package server

import (
	"context"
	"math"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/stub"
)

// TriggerSession implements the operation of this name.
func (s *Server) TriggerSession(ctx context.Context, r stub.TriggerSessionRequestObject) (stub.TriggerSessionResponseObject, error) {
	// As with a message: what may not be followed is refused before it has an effect.
	f, err := s.cfg.Sessions.Follow(ctx, r.SessionID, math.MaxUint64, r.Params.IncludeRaw)
	if err != nil {
		return nil, err
	}
	accepted, err := s.trigger(ctx, r.SessionID, *r.Body, true, once(r.Params.IdempotencyKey, r.Body))
	if err != nil {
		f.Close()
		return nil, err
	}
	f.Seek(accepted.Sequence - 1)
	return s.follow(ctx, f, r.Params.IncludeRaw, turnOf(accepted, f)), nil
}

// trigger fires a trigger, or hands over the results of tools where there are any. queue lets it wait while a turn runs.
func (s *Server) trigger(ctx context.Context, id string, req openapi.TriggerRequest, queue bool, once session.Idempotency) (session.Accepted, error) {
	if len(req.ToolResults) > 0 && len(req.DynamicToolSchemas) == 0 {
		return s.cfg.Sessions.ToolResults(ctx, id, req.ExecutionID, req.ToolResults, once)
	}
	fresh, err := freshTrigger(req)
	if err != nil {
		return session.Accepted{}, err
	}
	if err := s.keeps(ctx, id, req.Rollback.After); err != nil {
		return session.Accepted{}, err
	}
	fresh.Queue = queue
	return s.cfg.Sessions.Trigger(ctx, id, fresh, once)
}

// keeps refuses to roll back to a message that the session does not have. Agents that cannot roll back at all say so themselves.
func (s *Server) keeps(ctx context.Context, id string, after *string) error {
	if after == nil {
		return nil
	}
	a, err := s.cfg.Sessions.AgentSession(ctx, id)
	if err != nil || !a.RollsBack {
		return err
	}
	v, err := s.view(ctx, id)
	if err == nil && !v.messages.Has(*after) {
		err = invalid("rollbackAfterMessageId: unknown message: " + *after)
	}
	return err
}

// freshTrigger is a trigger that begins a turn.
func freshTrigger(req openapi.TriggerRequest) (session.TriggerRequest, error) {
	switch {
	case len(req.DynamicToolSchemas) > 0:
		return session.TriggerRequest{}, invalid("dynamicToolSchemas: not supported by this server")
	case len(req.ToolResults) > 0:
		return session.TriggerRequest{}, invalid("toolResults: a new session waits for none")
	case req.TriggerName == "":
		return session.TriggerRequest{}, invalid("triggerName: is missing")
	}
	return session.TriggerRequest{
		Trigger:       openapi.TurnTrigger{Name: req.TriggerName, Input: req.Input, Sender: req.Sender, MessageID: req.MessageID},
		Rollback:      req.Rollback.Set,
		RollbackAfter: req.Rollback.After,
	}, nil
}

func invalid(detail string) error {
	return &session.Error{Code: session.CodeInvalidRequest, Detail: detail}
}
