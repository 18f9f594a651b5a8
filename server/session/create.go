package session

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

const createScope = "create"

// Create creates a session under an id that the caller chose. It returns when the session is durable; of several creates
// of one id exactly one wins. The agent is not started yet.
func (s *Service) Create(ctx context.Context, id string, req openapi.CreateSessionRequest, once Idempotency) (openapi.CreateSessionResponse, error) {
	return s.create(ctx, id, req, false, once)
}

// create creates a session; expires says that it does so after a time without use.
func (s *Service) create(ctx context.Context, id string, req openapi.CreateSessionRequest, expires bool, once Idempotency) (openapi.CreateSessionResponse, error) {
	var answer openapi.CreateSessionResponse
	if known, err := once.recall(ctx, s.cfg.Store, scope(createScope, id), s.cfg.Now(), &answer); known || err != nil {
		return answer, err
	}
	adapter, err := s.adapter(req.Agent)
	if err != nil {
		return answer, err
	}
	if _, err := s.cfg.Store.Session(ctx, id); err == nil {
		return s.taken(ctx, id, once) // the same request may have won meanwhile
	}
	d, err := s.prepare(ctx, adapter, id, req)
	if err != nil {
		return answer, err
	}
	d.Expires = expires
	if err := s.census.enter(ctx, s.cfg); err != nil {
		return answer, err
	}
	answer, created, err := s.found(ctx, adapter, id, d, once)
	if !created {
		s.census.leave()
	}
	return answer, err
}

// taken answers a create whose id is taken: by the same request, or by another one.
func (s *Service) taken(ctx context.Context, id string, once Idempotency) (openapi.CreateSessionResponse, error) {
	var first openapi.CreateSessionResponse
	known, err := once.recall(ctx, s.cfg.Store, scope(createScope, id), s.cfg.Now(), &first)
	if known || err != nil {
		return first, err
	}
	return first, exists(id)
}

func exists(id string) error { return &Error{Code: CodeSessionExists, Detail: id, SessionID: id} }

// found writes the session's first event, and tells whether it was this call that did.
func (s *Service) found(ctx context.Context, adapter adapters.Adapter, id string, d data, once Idempotency) (openapi.CreateSessionResponse, bool, error) {
	answer := openapi.CreateSessionResponse{Healthy: true}
	if n, ok := adapter.(adapters.NativeNamer); ok {
		answer.NativeSessionID = n.NativeSessionID(id)
	}
	now := s.cfg.Now()
	receipt, err := once.receipt(scope(createScope, id), now, answer, 1)
	if err != nil {
		return answer, false, err
	}
	c, err := s.firstCommit(ctx, id, d, answer.NativeSessionID, now)
	if err != nil {
		return answer, false, err
	}
	c.Receipt = receipt
	err = s.cfg.Store.Append(context.WithoutCancel(ctx), c)
	switch {
	case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrReceipt):
		first, err := s.taken(ctx, id, once)
		return first, false, err
	case err != nil:
		return answer, false, unwritable(id, err)
	}
	return answer, true, nil
}

func (s *Service) firstCommit(ctx context.Context, id string, d data, native string, now time.Time) (store.Commit, error) {
	key, err := s.cfg.Store.NewKey(ctx)
	if err != nil {
		return store.Commit{}, err
	}
	said, err := json.Marshal(d)
	if err != nil {
		return store.Commit{}, err
	}
	w := writer{now: func() time.Time { return now }, id: id, prefix: eventPrefix(key), state: state{NativeID: native}}
	w.append(openapi.SessionStartedData{Metadata: d.metadata()}, byServer, "", nil)
	records, err := encode(w.buffer)
	if err != nil {
		return store.Commit{}, err
	}
	st, err := w.state.stored()
	if err != nil {
		return store.Commit{}, err
	}
	row := &store.Session{Key: key, ID: id, Created: now, Data: said}
	return store.Commit{Session: id, At: now, Create: row, Records: records, State: st}, nil
}
