package server

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/stub"
	"github.com/parleyhq/parley/server/uistream"
)

// CreateAgentSession implements the operation of this name.
func (s *Server) CreateAgentSession(ctx context.Context, r stub.CreateAgentSessionRequestObject) (stub.CreateAgentSessionResponseObject, error) {
	id := newAgentSessionID(r.Params.IdempotencyKey)
	err := s.cfg.Sessions.CreateAgentSession(ctx, id, *r.Body, once(r.Params.IdempotencyKey, r.Body))
	return stub.CreateAgentSession200JSONResponse{SessionID: id}, err
}

// idSpace makes ids of idempotency keys: the same key names the same session.
var idSpace = uuid.MustParse("6f0f3a1e-41b5-4d3c-9d7e-5c1c0d6a9b11")

func newAgentSessionID(key string) string {
	if key == "" {
		return uuid.NewString()
	}
	return uuid.NewSHA1(idSpace, []byte(key)).String()
}

// ClearAgentSession implements the operation of this name.
func (s *Server) ClearAgentSession(ctx context.Context, r stub.ClearAgentSessionRequestObject) (stub.ClearAgentSessionResponseObject, error) {
	err := s.cfg.Sessions.Clear(ctx, r.SessionID)
	return stub.ClearAgentSession200JSONResponse{SessionID: r.SessionID, Cleared: true}, err
}

// RestoreAgentSession implements the operation of this name.
func (s *Server) RestoreAgentSession(ctx context.Context, r stub.RestoreAgentSessionRequestObject) (stub.RestoreAgentSessionResponseObject, error) {
	restored, err := s.cfg.Sessions.Restore(ctx, r.SessionID, *r.Body)
	return stub.RestoreAgentSession200JSONResponse{SessionID: r.SessionID, Restored: restored}, err
}

// GetAgentSession implements the operation of this name.
func (s *Server) GetAgentSession(ctx context.Context, r stub.GetAgentSessionRequestObject) (stub.GetAgentSessionResponseObject, error) {
	a, err := s.cfg.Sessions.AgentSession(ctx, r.SessionID)
	if err != nil {
		return nil, err
	}
	if a.Expired {
		return stub.GetAgentSession200JSONResponse{
			SessionID: a.ID, AgentID: a.Agent, Status: openapi.AgentSessionStatusExpired, CreatedAt: stamp(a.Created),
		}, nil
	}
	v, err := s.view(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	if r.Params.Format == openapi.GetAgentSessionParamsFormatUI {
		messages := v.messages.List(era(r.Params.XOctavusSdkVersion))
		return stub.GetAgentSession200JSONResponse{
			SessionID: a.ID, AgentID: a.Agent, Status: openapi.AgentSessionStatusActive, Messages: &messages,
		}, nil
	}
	return fullState(a, v, era(r.Params.XOctavusSdkVersion)), nil
}

// view is what a chat shows of a session.
type view struct {
	messages  uistream.Messages
	resources uistream.Resources
	variables uistream.Variables
}

// view reads a session's log.
func (s *Server) view(ctx context.Context, id string) (*view, error) {
	v := &view{resources: uistream.Resources{}, variables: uistream.Variables{}}
	for e, err := range s.cfg.Sessions.Log(ctx, id) {
		if err != nil {
			return nil, err
		}
		v.messages.Add(e)
		v.resources.Add(e)
		v.variables.Add(e)
	}
	return v, nil
}

// era is the generation of a client.
func era(header string) uistream.Era {
	n, _ := strconv.Atoi(header) // what is no number is no generation
	return uistream.Era(n)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// maxLogs is how many entries of a log are given at most.
const maxLogs = 3000

// GetAgentSessionLogs implements the operation of this name.
func (s *Server) GetAgentSessionLogs(ctx context.Context, r stub.GetAgentSessionLogsRequestObject) (stub.GetAgentSessionLogsResponseObject, error) {
	a, err := s.cfg.Sessions.AgentSession(ctx, r.SessionID)
	if err != nil {
		return nil, err
	}
	if a.Expired {
		return stub.GetAgentSessionLogs200JSONResponse{
			SessionID: a.ID, AgentID: a.Agent, Status: openapi.AgentSessionLogsStatusExpired, CreatedAt: stamp(a.Created),
		}, nil
	}
	entries := []openapi.AgentSessionLogEntry{}
	total := int64(0)
	for e, err := range s.cfg.Sessions.Log(ctx, r.SessionID) {
		if err != nil {
			return nil, err
		}
		entry, err := uistream.LogEntry(e)
		if err != nil {
			return nil, err
		}
		total++
		if entries = append(entries, entry); len(entries) > maxLogs {
			entries = entries[1:]
		}
	}
	return stub.GetAgentSessionLogs200JSONResponse{SessionID: a.ID, Entries: &entries, Total: total, Truncated: total > maxLogs}, nil
}
