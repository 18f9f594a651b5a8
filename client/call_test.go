package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/client/raw"
	"github.com/parleyhq/parley/openapi"
)

// odd is an id that must be escaped, once.
const (
	odd     = "a/b c%2Fé?#&+:;"
	escaped = "a%2Fb%20c%252F%C3%A9%3F%23&+:%3B"
)

// TestEveryOperation holds the methods to the operations of the API, and what they send to the wire.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	two := int64(2)
	calls := map[string]struct {
		want string // method, path, query; + where a key is sent
		call func(ctx context.Context, c *client.Client) error
	}{
		"GetHealth":  {"GET /v1/health", func(ctx context.Context, c *client.Client) error { return second(c.GetHealth(ctx)) }},
		"ListAgents": {"GET /v1/agents", func(ctx context.Context, c *client.Client) error { return second(c.ListAgents(ctx)) }},
		"InstallAgent": {"POST /v1/agents/ID/install", func(ctx context.Context, c *client.Client) error {
			return c.InstallAgent(ctx, odd, openapi.InstallAgentRequest{Version: "latest"})
		}},
		"ListAgentModes":  {"GET /v1/agents/ID/modes", func(ctx context.Context, c *client.Client) error { return second(c.ListAgentModes(ctx, odd)) }},
		"ListAgentModels": {"GET /v1/agents/ID/models", func(ctx context.Context, c *client.Client) error { return second(c.ListAgentModels(ctx, odd)) }},
		"ListSessions": {"GET /v1/sessions?cursor=a%2Fb&limit=2", func(ctx context.Context, c *client.Client) error {
			return second(c.ListSessions(ctx, openapi.ListSessionsParams{Limit: 2, Cursor: "a/b"}))
		}},
		"CreateSession": {"POST /v1/sessions/ID +", func(ctx context.Context, c *client.Client) error {
			return second(c.CreateSession(ctx, odd, openapi.CreateSessionRequest{Agent: "mock"}))
		}},
		"GetSession":       {"GET /v1/sessions/ID", func(ctx context.Context, c *client.Client) error { return second(c.GetSession(ctx, odd)) }},
		"DeleteSession":    {"DELETE /v1/sessions/ID", func(ctx context.Context, c *client.Client) error { return c.DeleteSession(ctx, odd) }},
		"TerminateSession": {"POST /v1/sessions/ID/terminate", func(ctx context.Context, c *client.Client) error { return c.TerminateSession(ctx, odd) }},
		"InterruptSession": {"POST /v1/sessions/ID/interrupt", func(ctx context.Context, c *client.Client) error { return c.InterruptSession(ctx, odd) }},
		"PostMessage":      {"POST /v1/sessions/ID/messages +", func(ctx context.Context, c *client.Client) error { return c.PostMessage(ctx, odd, hello) }},
		"StreamMessage": {"POST /v1/sessions/ID/messages/stream?include_raw=false +", func(ctx context.Context, c *client.Client) error {
			return second(collect(c.StreamMessage(ctx, odd, hello)))
		}},
		"TriggerSession": {"POST /v1/sessions/ID/trigger?include_raw=false +", func(ctx context.Context, c *client.Client) error {
			return second(collect(c.TriggerSession(ctx, odd, openapi.TriggerRequest{TriggerName: "user-message"})))
		}},
		"GetEvents": {"GET /v1/sessions/ID/events?offset=7&limit=2&include_raw=true", func(ctx context.Context, c *client.Client) error {
			return second(c.GetEvents(ctx, odd, openapi.GetEventsParams{Offset: 7, Limit: &two, IncludeRaw: true}))
		}},
		"GetMessages": {"GET /v1/sessions/ID/get-messages?offset=0&include_raw=false", func(ctx context.Context, c *client.Client) error {
			return second(c.GetMessages(ctx, odd, openapi.GetMessagesParams{}))
		}},
		"StreamEvents": {"GET /v1/sessions/ID/events/sse?offset=3&include_raw=false", func(ctx context.Context, c *client.Client) error {
			return second(collect(c.StreamEvents(ctx, odd, 3)))
		}},
		"ListQuestions": {"GET /v1/sessions/ID/questions", func(ctx context.Context, c *client.Client) error { return second(c.ListQuestions(ctx, odd)) }},
		"ReplyQuestion": {"POST /v1/sessions/ID/questions/ID/reply +", func(ctx context.Context, c *client.Client) error {
			return c.ReplyQuestion(ctx, odd, odd, [][]string{{"Blue"}})
		}},
		"RejectQuestion":  {"POST /v1/sessions/ID/questions/ID/reject +", func(ctx context.Context, c *client.Client) error { return c.RejectQuestion(ctx, odd, odd) }},
		"ListPermissions": {"GET /v1/sessions/ID/permissions", func(ctx context.Context, c *client.Client) error { return second(c.ListPermissions(ctx, odd)) }},
		"ReplyPermission": {"POST /v1/sessions/ID/permissions/ID/reply +", func(ctx context.Context, c *client.Client) error {
			return c.ReplyPermission(ctx, odd, odd, openapi.PermissionReplyAlways)
		}},
		"CreateAgentSession": {"POST /api/agent-sessions +", func(ctx context.Context, c *client.Client) error {
			return second(c.CreateAgentSession(ctx, openapi.CreateAgentSessionRequest{AgentID: "mock"}))
		}},
		"GetAgentSession":   {"GET /api/agent-sessions/ID?format=ui", func(ctx context.Context, c *client.Client) error { return second(c.GetAgentSession(ctx, odd)) }},
		"ClearAgentSession": {"DELETE /api/agent-sessions/ID", func(ctx context.Context, c *client.Client) error { return second(c.ClearAgentSession(ctx, odd)) }},
		"RestoreAgentSession": {"POST /api/agent-sessions/ID/restore", func(ctx context.Context, c *client.Client) error {
			return second(c.RestoreAgentSession(ctx, odd, openapi.RestoreAgentSessionRequest{Messages: []openapi.UIMessage{}}))
		}},
		"GetAgentSessionLogs": {"GET /api/agent-sessions/ID/logs?excludeModelRequests=true", func(ctx context.Context, c *client.Client) error {
			return second(c.GetAgentSessionLogs(ctx, odd, openapi.GetAgentSessionLogsParams{ExcludeModelRequests: true}))
		}},
		"StartAgentSession": {"POST /api/agent-sessions/start", func(ctx context.Context, c *client.Client) error {
			return second(collectUI(c.StartAgentSession(ctx, openapi.StartAgentSessionRequest{AgentID: "mock"})))
		}},
		"TriggerAgentSession": {"POST /api/agent-sessions/ID/trigger", func(ctx context.Context, c *client.Client) error {
			return second(collectUI(c.TriggerAgentSession(ctx, odd, openapi.TriggerRequest{TriggerName: "user-message"})))
		}},
		"ResumeAgentSessionStream": {"GET /api/agent-sessions/ID/stream", func(ctx context.Context, c *client.Client) error {
			return second(collectUI(c.ResumeAgentSessionStream(ctx, odd, "")))
		}},
		"ListAgentDefinitions": {"GET /api/agents", func(ctx context.Context, c *client.Client) error { return second(c.ListAgentDefinitions(ctx)) }},
		"GetAgentDefinition":   {"GET /api/agents/ID", func(ctx context.Context, c *client.Client) error { return second(c.GetAgentDefinition(ctx, odd)) }},
		"CreateAgentDefinition": {"POST /api/agents", func(ctx context.Context, c *client.Client) error {
			return second(c.CreateAgentDefinition(ctx, openapi.AgentDefinitionRequest{}))
		}},
		"UpdateAgentDefinition": {"PATCH /api/agents/ID", func(ctx context.Context, c *client.Client) error {
			return second(c.UpdateAgentDefinition(ctx, odd, openapi.AgentDefinitionUpdate{}))
		}},
		"ValidateAgentDefinition": {"POST /api/agents/validate", func(ctx context.Context, c *client.Client) error {
			return second(c.ValidateAgentDefinition(ctx, openapi.AgentDefinitionRequest{}))
		}},
		"ListFsEntries": {"GET /v1/fs/entries?path=PATH", func(ctx context.Context, c *client.Client) error {
			return second(c.ListFsEntries(ctx, openapi.ListFsEntriesParams{Path: odd}))
		}},
		"ReadFsFile": {"GET /v1/fs/file?path=PATH&session_id=s", func(ctx context.Context, c *client.Client) error {
			file, err := c.ReadFsFile(ctx, openapi.ReadFsFileParams{Path: odd, SessionID: "s"})
			if err != nil {
				return err
			}
			return file.Close()
		}},
		"WriteFsFile": {"PUT /v1/fs/file?path=PATH", func(ctx context.Context, c *client.Client) error {
			return second(c.WriteFsFile(ctx, openapi.WriteFsFileParams{Path: odd}, strings.NewReader("text")))
		}},
		"DeleteFsEntry": {"DELETE /v1/fs/entry?path=PATH&recursive=false", func(ctx context.Context, c *client.Client) error {
			return second(c.DeleteFsEntry(ctx, openapi.DeleteFsEntryParams{Path: odd}))
		}},
		"MkdirFs": {"POST /v1/fs/mkdir?path=PATH", func(ctx context.Context, c *client.Client) error {
			return second(c.MkdirFs(ctx, openapi.MkdirFsParams{Path: odd}))
		}},
		"MoveFs": {"POST /v1/fs/move", func(ctx context.Context, c *client.Client) error {
			return second(c.MoveFs(ctx, openapi.MoveFsParams{}, openapi.FsMoveRequest{From: "a", To: "b"}))
		}},
		"StatFs": {"GET /v1/fs/stat?path=PATH", func(ctx context.Context, c *client.Client) error {
			return second(c.StatFs(ctx, openapi.StatFsParams{Path: odd}))
		}},
		"UploadFsBatch": {"POST /v1/fs/upload-batch", func(ctx context.Context, c *client.Client) error {
			return second(c.UploadFsBatch(ctx, openapi.UploadFsBatchParams{}, strings.NewReader("tar")))
		}},
		"ListPending": {"GET /v1/pending", func(ctx context.Context, c *client.Client) error { return second(c.ListPending(ctx)) }},
	}
	for m := range reflect.TypeFor[raw.ClientInterface]().Methods() {
		if _, ok := calls[m.Name]; !ok && !strings.HasSuffix(m.Name, "WithBody") && !strings.Contains(m.Name, "ChatWith") { // chats are the AI SDK's

			t.Errorf("the operation %s is not called", m.Name)
		}
	}
	for name, test := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, answer(204, ""), answer(204, ""))
			if strings.HasPrefix(name, "Stream") || name == "TriggerSession" {
				w.scripts[0] = frames(terminated(1))
			} else if strings.HasPrefix(test.want, "GET") || name == "CreateSession" || strings.Contains(test.want, "/api/") {
				w.scripts[0] = answer(200, `{"status":"ok","healthy":true}`)
			}
			if strings.Contains(test.want, "/v1/fs/") {
				w.scripts[0] = answer(200, `{}`)
			}
			if name == "ListFsEntries" {
				w.scripts[0] = answer(200, `[]`)
			}
			if name == "StartAgentSession" || name == "TriggerAgentSession" || name == "ResumeAgentSessionStream" {
				w.scripts[0] = frames(`data: {"type":"finish","finishReason":"stop"}` + "\n\ndata: [DONE]\n\n")
			}
			if err := test.call(t.Context(), w.client(client.WithToken("secret"))); err != nil {
				t.Fatal(err)
			}
			r := w.asked(1)[0]
			got := r.method + " " + r.path
			if r.query != "" {
				got += "?" + r.query
			}
			if r.header.Get("Idempotency-Key") != "" {
				got += " +"
			}
			if want := strings.NewReplacer("ID", escaped, "PATH", url.QueryEscape(odd)).Replace(test.want); got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			if auth := r.header.Get("Authorization"); auth != "Bearer secret" {
				t.Errorf("Authorization %q", auth)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

func TestCallsAreRepeated(t *testing.T) {
	t.Parallel()
	ok, lost := answer(200, `{"healthy":true}`), func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "100")
		_, _ = rw.Write([]byte(`{"hea`))
		abort(rw, nil)
	}
	create := func(ctx context.Context, c *client.Client) error {
		return second(c.CreateSession(ctx, "s", openapi.CreateSessionRequest{Agent: "mock"}))
	}
	keyless := func(ctx context.Context, c *client.Client) error { return c.PostMessage(ctx, "s", hello) }
	interrupt := func(ctx context.Context, c *client.Client) error { return c.InterruptSession(ctx, "s") }
	remove := func(ctx context.Context, c *client.Client) error { return c.DeleteSession(ctx, "s") }
	type scripts = []http.HandlerFunc
	for name, test := range map[string]struct {
		call    func(context.Context, *client.Client) error
		opts    []client.Option
		scripts scripts
		err     error
		fails   bool
	}{
		"after what passes":           {create, nil, scripts{abort, lost, refuse(500, "internal", ""), ok}, nil, false},
		"so often":                    {create, nil, slices.Repeat(scripts{answer(502, "")}, 4), nil, true},
		"not after a refusal":         {create, nil, scripts{refuse(409, "session_already_exists", "")}, client.ErrExists, true},
		"not when the install failed": {create, nil, scripts{refuse(500, "install_failed", "")}, client.ErrAgent, true},
		"not after nonsense":          {create, nil, scripts{answer(200, "<html>")}, nil, true},
		"not when told so":            {create, []client.Option{client.WithRetry(client.Retry{Attempts: 1})}, scripts{abort}, nil, true},
		"not without a key":           {keyless, []client.Option{client.WithoutIdempotency()}, scripts{abort}, nil, true},
		"refused without a key":       {keyless, []client.Option{client.WithoutIdempotency()}, scripts{refuse(429, "limit_exceeded", ""), answer(204, "")}, nil, false},
		"no interrupt":                {interrupt, nil, scripts{abort}, nil, true},
		"a refused interrupt":         {interrupt, nil, scripts{refuse(503, "internal", ""), answer(204, "")}, nil, false},
		"a deletion":                  {remove, nil, scripts{abort, refuse(404, "session_not_found", "")}, nil, false},
		"no deletion of nothing":      {remove, nil, scripts{refuse(404, "session_not_found", "")}, client.ErrNotFound, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, test.scripts...)
			err := test.call(t.Context(), w.client(test.opts...))
			if (err != nil) != test.fails || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("got %v", err)
			}
			requests := w.asked(len(test.scripts))
			for _, r := range requests {
				if r.header.Get("Idempotency-Key") != requests[0].header.Get("Idempotency-Key") {
					t.Errorf("key %q, the first was %q", r.header.Get("Idempotency-Key"), requests[0].header.Get("Idempotency-Key"))
				}
			}
		})
	}
}

func TestIDsThatNoPathCanCarry(t *testing.T) {
	t.Parallel()
	c := newWire(t).client()
	for _, id := range []string{"", ".", ".."} {
		_, read := c.GetSession(t.Context(), id)
		_, followed := collect(c.Events(t.Context(), id, 0))
		_, sent := collect(c.StreamMessage(t.Context(), id, hello))
		for _, err := range []error{read, followed, sent, c.RejectQuestion(t.Context(), "s", id)} {
			if !errors.Is(err, client.ErrInvalid) {
				t.Errorf("id %q: %v", id, err)
			}
		}
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"", "127.0.0.1:2468", "localhost:2468", "/v1", "unix:///run/x", "http://", "http://a b", "http://a?b=c", "http://a#b"} {
		if _, err := client.New(server); err == nil {
			t.Errorf("%q was taken", server)
		}
	}
	if _, err := client.New("http://127.0.0.1:2468", client.WithHTTPClient(nil)); err == nil {
		t.Error("no HTTP client was taken")
	}
}

func TestServersBelowAPath(t *testing.T) {
	t.Parallel()
	w := newWire(t, answer(200, `{"status":"ok"}`))
	w.url += "/parley"
	if _, err := w.client().GetHealth(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.asked(1)[0]; r.path != "/parley/v1/health" {
		t.Errorf("path %s", r.path)
	}
}
