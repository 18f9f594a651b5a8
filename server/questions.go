package server

import (
	"context"

	"github.com/parleyhq/parley/server/stub"
)

// ListQuestions implements the operation of this name.
func (s *Server) ListQuestions(ctx context.Context, r stub.ListQuestionsRequestObject) (stub.ListQuestionsResponseObject, error) {
	pending, err := s.cfg.Sessions.Pending(ctx, r.SessionID)
	return stub.ListQuestions200JSONResponse{Questions: pending.Questions}, err
}

// ReplyQuestion implements the operation of this name.
func (s *Server) ReplyQuestion(ctx context.Context, r stub.ReplyQuestionRequestObject) (stub.ReplyQuestionResponseObject, error) {
	err := s.cfg.Sessions.ReplyQuestion(ctx, r.SessionID, r.QuestionID, r.Body.Answers, once(r.Params.IdempotencyKey, r.Body))
	return stub.ReplyQuestion204Response{}, err
}

// RejectQuestion implements the operation of this name.
func (s *Server) RejectQuestion(ctx context.Context, r stub.RejectQuestionRequestObject) (stub.RejectQuestionResponseObject, error) {
	err := s.cfg.Sessions.RejectQuestion(ctx, r.SessionID, r.QuestionID, once(r.Params.IdempotencyKey, nil))
	return stub.RejectQuestion204Response{}, err
}

// ListPending implements the operation of this name.
func (s *Server) ListPending(ctx context.Context, _ stub.ListPendingRequestObject) (stub.ListPendingResponseObject, error) {
	pending, err := s.cfg.Sessions.AllPending(ctx)
	return stub.ListPending200JSONResponse(pending), err
}
