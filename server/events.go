package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/stub"
)

// GetEvents implements the operation of this name.
func (s *Server) GetEvents(ctx context.Context, r stub.GetEventsRequestObject) (stub.GetEventsResponseObject, error) {
	return s.page(ctx, r.SessionID, r.Params)
}

// GetMessages implements the operation of this name.
func (s *Server) GetMessages(ctx context.Context, r stub.GetMessagesRequestObject) (stub.GetMessagesResponseObject, error) {
	return s.page(ctx, r.SessionID, openapi.GetEventsParams(r.Params))
}

func (s *Server) page(ctx context.Context, id string, p openapi.GetEventsParams) (eventsPage, error) {
	page, err := s.cfg.Sessions.Events(ctx, id, uint64(p.Offset), p.Limit, p.IncludeRaw)
	return eventsPage{page, p.IncludeRaw}, err
}

// StreamEvents implements the operation of this name.
func (s *Server) StreamEvents(ctx context.Context, r stub.StreamEventsRequestObject) (stub.StreamEventsResponseObject, error) {
	after, resumed, err := place(r.Params)
	if err != nil {
		return nil, err
	}
	f, err := s.cfg.Sessions.Follow(ctx, r.SessionID, after, r.Params.IncludeRaw)
	if err != nil {
		return nil, err
	}
	if ended, last := f.Ended(); resumed && ended && after >= last {
		f.Close()
		return stub.StreamEvents204Response{}, nil
	}
	return s.follow(ctx, f, r.Params.IncludeRaw, everything{}), nil
}

// place is the sequence after which a stream begins. A browser that resumes says so, and wins over the address.
func place(p openapi.StreamEventsParams) (after uint64, resumed bool, err error) {
	id := strings.TrimSpace(p.LastEventID)
	if id == "" {
		return uint64(p.Offset), false, nil
	}
	after, err = strconv.ParseUint(id, 10, 64)
	if err != nil {
		return 0, false, fieldErrors{{Pointer: "header/Last-Event-ID", Detail: "must be the id of an event, a number"}}
	}
	return after, true, nil
}

// eventsPage is an EventsResponse that is put together from the stored bytes, without decoding them.
type eventsPage struct {
	session.Page
	raw bool
}

// VisitGetEventsResponse implements the stub's response.
func (p eventsPage) VisitGetEventsResponse(w http.ResponseWriter) error { return p.write(w) }

// VisitGetMessagesResponse implements the stub's response.
func (p eventsPage) VisitGetMessagesResponse(w http.ResponseWriter) error { return p.write(w) }

func (p eventsPage) write(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	out := borrow(w)
	defer giveBack(out)
	_, _ = out.WriteString(`{"events":[`)
	for i, r := range p.Records {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		_, _ = out.Write(eventJSON(r, p.raw))
	}
	_, _ = out.WriteString(`],"hasMore":` + strconv.FormatBool(p.HasMore) + "}\n")
	return out.Flush() // the first error stays
}

// eventJSON is an event as its reader wants it: records may have the agent's payload unasked.
func eventJSON(r store.Record, raw bool) []byte {
	if !raw {
		return r.JSON
	}
	return openapi.JoinRaw(r.JSON, r.Raw)
}
