package session

import (
	"context"
	"errors"
	"strconv"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// Get returns one session.
func (s *Service) Get(ctx context.Context, id string) (openapi.SessionInfo, error) {
	row, err := s.row(ctx, id)
	if err != nil {
		return openapi.SessionInfo{}, err
	}
	return info(row)
}

// List returns a page of sessions, newest first; limit 0 = all. The cursor is a former page's.
func (s *Service) List(ctx context.Context, limit int, cursor string) (openapi.SessionListResponse, error) {
	list := openapi.SessionListResponse{Sessions: []openapi.SessionInfo{}}
	f := store.Filter{Limit: limit}
	if limit > 0 {
		f.Limit++ // one more than asked tells whether there is a next page
	}
	if cursor != "" {
		before, err := strconv.ParseUint(cursor, 36, 64)
		if err != nil {
			return list, invalid("unknown cursor: %s", cursor)
		}
		f.Before = before
	}
	rows, err := s.rows(ctx, f)
	if err != nil {
		return list, err
	}
	if limit > 0 && len(rows) > limit {
		rows = rows[:limit]
		list.NextCursor = strconv.FormatUint(rows[limit-1].Key, 36)
	}
	for _, row := range rows {
		one, err := info(row)
		if err != nil {
			s.log.Error("session left out of the list", "session", row.ID, "error", err)
			continue
		}
		list.Sessions = append(list.Sessions, one)
	}
	return list, nil
}

// rows lists sessions. One that cannot be read is left out and logged: it must not hide the others.
func (s *Service) rows(ctx context.Context, f store.Filter) ([]store.Session, error) {
	rows, err := s.cfg.Store.Sessions(ctx, f)
	if errors.Is(err, store.ErrCorrupt) {
		s.log.Error("sessions left out of a list", "error", err)
		return rows, nil
	}
	return rows, err
}

// Events reads a part of a log; a nil limit reads all.
func (s *Service) Events(ctx context.Context, id string, after uint64, limit *int64, raw bool) (Page, error) {
	p := store.Page{Raw: raw}
	if limit != nil {
		p.Limit = int(*limit) + 1 // one more than asked tells whether the limit cuts something off
	}
	records, err := s.cfg.Store.Read(ctx, id, after, p)
	if err != nil {
		return Page{}, readFault(id, err)
	}
	if limit != nil && int64(len(records)) > *limit {
		return Page{Records: records[:*limit], HasMore: true}, nil
	}
	return Page{Records: records}, nil
}

// Pending lists the requests of one session that wait.
func (s *Service) Pending(ctx context.Context, id string) (openapi.PendingResponse, error) {
	list := nothingPending()
	row, err := s.row(ctx, id)
	if err != nil {
		return list, err
	}
	err = s.pending(ctx, row, &list)
	return list, err
}

// AllPending lists the requests of all sessions that wait.
func (s *Service) AllPending(ctx context.Context) (openapi.PendingResponse, error) {
	list := nothingPending()
	rows, err := s.rows(ctx, store.Filter{Pending: true})
	if err != nil {
		return list, err
	}
	for _, row := range rows {
		if err := s.pending(ctx, row, &list); err != nil {
			s.log.Error("requests left out of the list", "session", row.ID, "error", err)
		}
	}
	return list, nil
}

func nothingPending() openapi.PendingResponse {
	return openapi.PendingResponse{Questions: []openapi.PendingQuestion{}, Permissions: []openapi.PendingPermission{}, Tools: []openapi.PendingTool{}}
}

// pending adds a session's requests to a list.
func (s *Service) pending(ctx context.Context, row store.Session, list *openapi.PendingResponse) error {
	st, err := loadState(row.State)
	if err != nil {
		return unreadable(row.ID, err)
	}
	for _, r := range st.Requests {
		e, err := readEvent(ctx, s.cfg.Store, row.ID, r.Sequence)
		if err != nil {
			return readFault(row.ID, err)
		}
		switch d := e.Data.(type) {
		case openapi.QuestionRequestedData:
			list.Questions = append(list.Questions, openapi.PendingQuestion{
				SessionID: row.ID, Sequence: int64(e.Sequence), RequestedAt: e.Time, Question: d,
			})
		case openapi.PermissionRequestedData:
			list.Permissions = append(list.Permissions, openapi.PendingPermission{
				SessionID: row.ID, Sequence: int64(e.Sequence), RequestedAt: e.Time, Permission: d,
			})
		case openapi.ToolRequestedData:
			list.Tools = append(list.Tools, openapi.PendingTool{
				SessionID: row.ID, Sequence: int64(e.Sequence), RequestedAt: e.Time, Tool: d,
			})
		}
	}
	return nil
}
