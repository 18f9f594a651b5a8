package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/parleyhq/parley/openapi"
)

// CreateSession creates a session under an id of the caller's choice. The agent itself is started by the first message.
// ErrExists when the id is taken. Heeds IdempotencyKey.
func (c *Client) CreateSession(ctx context.Context, session string, req openapi.CreateSessionRequest, opts ...CallOption) (openapi.CreateSessionResponse, error) {
	return call[openapi.CreateSessionResponse](ctx, c, c.keyed(opts, session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.CreateSession(ctx, session, nil, req, e)
	})
}

// ListSessions lists sessions, newest first. A zero Limit asks for all; a page's NextCursor is the next one's Cursor.
func (c *Client) ListSessions(ctx context.Context, params openapi.ListSessionsParams) (openapi.SessionListResponse, error) {
	return call[openapi.SessionListResponse](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListSessions(ctx, nil, page(params), e)
	})
}

// page sets what is set: the generated client would send a limit of 0 and an empty cursor, which the server refuses.
func page(params openapi.ListSessionsParams) edit {
	return func(_ context.Context, req *http.Request) error {
		q := req.URL.Query()
		if params.Limit != 0 {
			q.Set("limit", strconv.Itoa(params.Limit))
		}
		if params.Cursor != "" {
			q.Set("cursor", params.Cursor)
		}
		req.URL.RawQuery = q.Encode()
		return nil
	}
}

// GetSession returns a session as of its last event.
func (c *Client) GetSession(ctx context.Context, session string) (openapi.SessionInfo, error) {
	return call[openapi.SessionInfo](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.GetSession(ctx, session, e)
	})
}

// DeleteSession ends a session where it still runs, erases its log and frees its id.
func (c *Client) DeleteSession(ctx context.Context, session string) error {
	sent := 0
	err := c.do(ctx, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		sent++
		return c.raw.DeleteSession(ctx, session, e)
	}, nil)
	if sent > 1 && errors.Is(err, ErrNotFound) {
		return nil // an earlier attempt erased it, and only its answer was lost
	}
	return err
}

// TerminateSession ends a session for good: its turn, its agent and whatever the agent started. A second call changes
// nothing.
func (c *Client) TerminateSession(ctx context.Context, session string) error {
	return c.do(ctx, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.TerminateSession(ctx, session, e)
	}, nil)
}

// InterruptSession asks the agent to stop its current turn; messages that wait run on. It changes nothing when no turn
// runs. When its answer is lost it is not repeated, because it could then stop the turn after.
func (c *Client) InterruptSession(ctx context.Context, session string) error {
	return c.do(ctx, op{ids: []string{session}}, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.InterruptSession(ctx, session, e)
	}, nil)
}
