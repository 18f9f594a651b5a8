package client

import (
	"context"
	"iter"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// CreateAgentSession creates a session of the agent-sessions family, whose id the server chooses. Heeds IdempotencyKey.
func (c *Client) CreateAgentSession(ctx context.Context, req openapi.CreateAgentSessionRequest, opts ...CallOption) (openapi.AgentSessionCreated, error) {
	return call[openapi.AgentSessionCreated](ctx, c, c.keyed(opts), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.CreateAgentSession(ctx, nil, req, e)
	})
}

// GetAgentSession returns a session with its messages as a chat shows them; of an expired one only its names.
func (c *Client) GetAgentSession(ctx context.Context, session string) (openapi.AgentSession, error) {
	params := openapi.GetAgentSessionParams{Format: openapi.GetAgentSessionParamsFormatUI, XOctavusSdkVersion: sdkVersion}
	return call[openapi.AgentSession](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.GetAgentSession(ctx, session, &params, e)
	})
}

// sdkVersion is the generation of clients that this one is of.
const sdkVersion = "4"

// ClearAgentSession lets a session expire. Its log is kept, and RestoreAgentSession takes it up again.
func (c *Client) ClearAgentSession(ctx context.Context, session string) (openapi.AgentSessionCleared, error) {
	return call[openapi.AgentSessionCleared](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ClearAgentSession(ctx, session, e)
	})
}

// RestoreAgentSession takes an expired session up again. Of one that has not expired nothing changes.
func (c *Client) RestoreAgentSession(ctx context.Context, session string, req openapi.RestoreAgentSessionRequest) (openapi.AgentSessionRestored, error) {
	return call[openapi.AgentSessionRestored](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.RestoreAgentSession(ctx, session, req, e)
	})
}

// GetAgentSessionLogs returns the newest entries of a session's log.
func (c *Client) GetAgentSessionLogs(ctx context.Context, session string, params openapi.GetAgentSessionLogsParams) (openapi.AgentSessionLogs, error) {
	return call[openapi.AgentSessionLogs](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.GetAgentSessionLogs(ctx, session, &params, e)
	})
}

// StartAgentSession creates a session, fires its first trigger and yields the UI events of the answer up to its finish or error.
// The first event has the session's id. A cut of the connection is an error: ResumeAgentSessionStream goes on.
func (c *Client) StartAgentSession(ctx context.Context, req openapi.StartAgentSessionRequest) iter.Seq2[openapi.UIEvent, error] {
	return c.uiEvents(ctx, op{}, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.StartAgentSession(ctx, &openapi.StartAgentSessionParams{}, req, e, plainForm)
	})
}

// TriggerAgentSession fires a trigger, or sends the results of tools, and yields the UI events of the answer up to its finish or
// error. ErrLimit while a turn runs. Trigger does all rounds of a run by itself.
func (c *Client) TriggerAgentSession(ctx context.Context, session string, req openapi.TriggerRequest) iter.Seq2[openapi.UIEvent, error] {
	params := openapi.TriggerAgentSessionParams{XOctavusSdkVersion: sdkVersion}
	return c.uiEvents(ctx, op{ids: []string{session}}, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.TriggerAgentSession(ctx, session, &params, req, e, plainForm)
	})
}

// ResumeAgentSessionStream yields the UI events of the run that is under way: those after the one of the id after, or all when
// that is empty. Without a run there are none.
func (c *Client) ResumeAgentSessionStream(ctx context.Context, session, after string) iter.Seq2[openapi.UIEvent, error] {
	params := openapi.ResumeAgentSessionStreamParams{LastEventID: after, XOctavusSdkVersion: sdkVersion}
	return c.uiEvents(ctx, op{ids: []string{session}, harmless: true}, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ResumeAgentSessionStream(ctx, session, &params, e, plainForm, noEmptyHeader("Last-Event-ID"))
	})
}

// plainForm takes an empty form out of the address, which the generated client puts there.
func plainForm(_ context.Context, req *http.Request) error {
	q := req.URL.Query()
	q.Del("stream")
	req.URL.RawQuery = q.Encode()
	return nil
}

// noEmptyHeader takes a header out that has no value.
func noEmptyHeader(name string) edit {
	return func(_ context.Context, req *http.Request) error {
		if req.Header.Get(name) == "" {
			req.Header.Del(name)
		}
		return nil
	}
}
