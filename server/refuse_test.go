package server

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/session"
)

// TestRefusals is every kind of bad input over real HTTP.
func TestRefusals(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.BodyLimit = 1 << 10 })
	w.session("s")
	w.session("over")
	w.post("/v1/sessions/plain", `{"agent":"plain"}`).want(200)
	w.post("/v1/sessions/over/terminate", "").want(204)
	const (
		create   = "/v1/sessions/new"
		messages = "/v1/sessions/s/messages"
		invalid  = "invalid_request"
	)
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code, detail             string
	}{
		{"malformed JSON", "POST", messages, `{"message":`, nil, 400, invalid, "body is not JSON: unexpected EOF"},
		{"two JSON values", "POST", messages, `{"message":"a"}{}`, nil, 400, invalid, "body is not JSON: something follows after its end"},
		{"not an object", "POST", messages, `"hello"`, nil, 400, invalid, "body: value must be an object"},
		{"null", "POST", messages, `null`, nil, 400, invalid, "body: must not be null"},
		{"missing field", "POST", messages, `{}`, nil, 400, invalid, `/message: property "message" is missing`},
		{"required field null", "POST", messages, `{"message":null}`, nil, 400, invalid, "/message: must not be null"},
		{"wrong type", "POST", messages, `{"message":7}`, nil, 400, invalid, "/message: value must be a string"},
		{"several fields", "POST", create, `{"agent":1,"title":[]}`, nil, 400, invalid, "/agent: value must be a string; /title: value must be a string"},
		{"wrong type deep inside", "POST", create, `{"agent":"mock","mcp":{"a/b":{"type":"local","args":["x",1]}}}`, nil,
			400, invalid, "/mcp/a~1b/args/1: value must be a string"},
		{"missing body", "POST", messages, "", nil, 400, invalid, "a JSON body is required"},
		{"missing body with a type", "POST", messages, "", []string{"Content-Type", "application/json"}, 400, invalid, "a JSON body is required"},
		{"wrong content type", "POST", messages, `{"message":"a"}`, []string{"Content-Type", "-", "Content-Type", "text/plain"},
			415, "unsupported_media_type", `content type "text/plain"; send application/json`},
		{"no content type", "POST", messages, `{"message":"a"}`, []string{"Content-Type", "-"},
			415, "unsupported_media_type", `content type ""; send application/json`},
		{"body too large", "POST", messages, `{"message":"` + strings.Repeat("x", 1<<10) + `"}`, nil,
			413, "payload_too_large", "the body may have 1024 bytes"},
		{"unknown session", "POST", "/v1/sessions/nobody/messages", `{"message":"a"}`, nil, 404, "session_not_found", "nobody"},
		{"unknown session's stream", "POST", "/v1/sessions/nobody/messages/stream", `{"message":"a"}`, nil, 404, "session_not_found", "nobody"},
		{"unknown session's events", "GET", "/v1/sessions/nobody/events", "", nil, 404, "session_not_found", "nobody"},
		{"follow an unknown session", "GET", "/v1/sessions/nobody/events/sse", "", nil, 404, "session_not_found", "nobody"},
		{"terminate an unknown session", "POST", "/v1/sessions/nobody/terminate", "", nil, 404, "session_not_found", "nobody"},
		{"message to a terminated session", "POST", "/v1/sessions/over/messages", `{"message":"a"}`, nil, 400, invalid, "session terminated"},
		{"stream to a terminated session", "POST", "/v1/sessions/over/messages/stream", `{"message":"a"}`, nil, 400, invalid, "session terminated"},
		{"duplicate id", "POST", "/v1/sessions/s", `{"agent":"mock"}`, nil, 409, "session_already_exists", "s"},
		{"duplicate id of an ended session", "POST", "/v1/sessions/over", `{"agent":"mock"}`, nil, 409, "session_already_exists", "over"},
		{"unknown agent", "POST", create, `{"agent":"nobody"}`, nil, 400, "unsupported_agent", "nobody"},
		{"modes of an unknown agent", "GET", "/v1/agents/nobody/modes", "", nil, 400, "unsupported_agent", "nobody"},
		{"models of an unknown agent", "GET", "/v1/agents/nobody/models", "", nil, 400, "unsupported_agent", "nobody"},
		{"install an unknown agent", "POST", "/v1/agents/nobody/install", `{}`, nil, 400, "unsupported_agent", "nobody"},
		{"install without a body", "POST", "/v1/agents/mock/install", "", nil, 400, invalid, "a JSON body is required"},
		{"install what cannot be", "POST", "/v1/agents/absent/install", `{}`, nil, 500, "install_failed", "absent cannot be installed by this server"},
		{"a version of what has none", "POST", "/v1/agents/mock/install", `{"version":"1"}`, nil, 400, invalid, "version: agent mock has no versions"},
		{"image for an agent without eyes", "POST", "/v1/sessions/plain/messages", `{"message":"a","attachments":[{"path":"/a.txt"}]}`, nil,
			400, invalid, "attachments: not supported by agent plain"},
		{"steer what cannot be steered", "POST", messages, `{"message":"a","steer":true}`, nil, 400, invalid, "steer: not supported by agent mock"},
		{"agent not installed", "POST", create, `{"agent":"absent"}`, nil, 404, "agent_not_installed", "absent"},
		{"mode the agent lacks", "POST", create, `{"agent":"plain","agentMode":"plan"}`, nil, 400, "mode_not_supported", "plain plan"},
		{"permission mode the agent lacks", "POST", create, `{"agent":"plain","permissionMode":"bypass"}`, nil, 400, "mode_not_supported", "plain bypass"},
		{"unknown permission mode", "POST", create, `{"agent":"mock","permissionMode":"yolo"}`, nil, 400, invalid, "invalid permission mode: yolo"},
		{"missing directory", "POST", create, `{"agent":"mock","directory":"/no/such/place"}`, nil, 400, invalid, "directory: path not found: /no/such/place"},
		{"option the agent cannot honour", "POST", create, `{"agent":"plain","model":"m"}`, nil, 400, invalid, "model: not supported by agent plain"},
		{"mcp of an unknown type", "POST", create, `{"agent":"mock","mcp":{"m":{"type":"odd"}}}`, nil, 400, invalid, "mcp server m: unknown type: odd"},
		{"negative offset", "GET", "/v1/sessions/s/events?offset=-1", "", nil, 400, invalid, "query/offset: number must be at least 0"},
		{"offset of letters", "GET", "/v1/sessions/s/events?offset=abc", "", nil, 400, invalid, "query/offset: is an invalid integer"},
		{"offset of nothing", "GET", "/v1/sessions/s/events?offset=", "", nil, 400, invalid, "query/offset: empty value is not allowed"},
		{"offset beyond 64 bits", "GET", "/v1/sessions/s/events?offset=99999999999999999999", "", nil, 400, invalid, "query/offset: is an invalid integer"},
		{"offset twice", "GET", "/v1/sessions/s/events?offset=1&offset=2", "", nil, 400, invalid, "query/offset: is given more than once"},
		{"negative limit", "GET", "/v1/sessions/s/events?limit=-1", "", nil, 400, invalid, "query/limit: number must be at least 0"},
		{"raw that is no boolean", "GET", "/v1/sessions/s/events?include_raw=1", "", nil, 400, invalid, "query/include_raw: must be true or false"},
		{"raw in both spellings", "GET", "/v1/sessions/s/events?include_raw=true&includeRaw=true", "", nil, 400, invalid, "query/include_raw: is given more than once"},
		{"query that is none", "GET", "/v1/sessions/s/events?offset=%zz", "", nil, 400, invalid, "query: is not a query"},
		{"negative offset of a stream", "GET", "/v1/sessions/s/events/sse?offset=-1", "", nil, 400, invalid, "query/offset: number must be at least 0"},
		{"last event id of letters", "GET", "/v1/sessions/s/events/sse", "", []string{"Last-Event-ID", "abc"},
			400, invalid, "header/Last-Event-ID: must be the id of an event, a number"},
		{"negative last event id", "GET", "/v1/sessions/s/events/sse?offset=1", "", []string{"Last-Event-ID", "-1"},
			400, invalid, "header/Last-Event-ID: must be the id of an event, a number"},
		{"session limit of nothing", "GET", "/v1/sessions?limit=0", "", nil, 400, invalid, "query/limit: number must be at least 1"},
		{"unknown cursor", "GET", "/v1/sessions?cursor=!", "", nil, 400, invalid, "unknown cursor: !"},
		{"empty idempotency key", "POST", messages, `{"message":"a"}`, []string{"Idempotency-Key", ""},
			400, invalid, "header/Idempotency-Key: minimum string length is 1"},
		{"long idempotency key", "POST", messages, `{"message":"a"}`, []string{"Idempotency-Key", strings.Repeat("k", 256)},
			400, invalid, "header/Idempotency-Key: maximum string length is 255"},
		{"two idempotency keys", "POST", messages, `{"message":"a"}`, []string{"Idempotency-Key", "a", "Idempotency-Key", "b"},
			400, invalid, "Expected one value for Idempotency-Key, got 2"},
		{"unknown question", "POST", "/v1/sessions/s/questions/q/reply", `{"answers":[["a"]]}`, nil, 400, invalid, "unknown question id: q"},
		{"unknown question rejected", "POST", "/v1/sessions/s/questions/q/reject", "", nil, 400, invalid, "unknown question id: q"},
		{"unknown permission", "POST", "/v1/sessions/s/permissions/p/reply", `{"reply":"once"}`, nil, 400, invalid, "unknown permission id: p"},
		{"unknown reply", "POST", "/v1/sessions/s/permissions/p/reply", `{"reply":"maybe"}`, nil, 400, invalid,
			"/reply: value is not one of the allowed values [\"once\",\"always\",\"reject\"]"},
		{"id that is not UTF-8", "GET", "/v1/sessions/%ff", "", nil, 400, invalid, "path/session_id: is not percent-encoded UTF-8"},
		{"unknown path", "GET", "/v1/nothing", "", nil, 404, "not_found", "there is nothing at this path"},
		{"path without an id", "GET", "/v1/sessions/", "", nil, 404, "not_found", "there is nothing at this path"},
		{"path below a session", "GET", "/v1/sessions/s/t", "", nil, 404, "not_found", "there is nothing at this path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := *w
			w.t = t
			a := w.do(c.method, c.path, c.body, c.headers...)
			prefix := kinds[session.Code(c.code)].prefix
			p := a.refused(c.status, c.code, prefix+": "+c.detail)
			if c.code == "session_not_found" && p.SessionID != c.detail {
				t.Errorf("sessionId %q", p.SessionID)
			}
			if strings.HasPrefix(c.detail, "/") && len(p.Errors) == 0 {
				t.Errorf("no field errors: %s", a.body)
			}
		})
	}
}

func TestRefusalExtensions(t *testing.T) {
	w := start(t)
	p := w.post("/v1/sessions/new", `{"agent":"plain","agentMode":"plan"}`).want(400)
	got := decodeAs[map[string]any](t, p.body)
	if got["agent"] != "plain" || got["details"].(map[string]any)["mode"] != "plan" || got["title"] != "Mode Not Supported" {
		t.Errorf("problem %v", got)
	}
	p = w.post("/v1/sessions/new", `{"agent":"nobody"}`).want(400)
	if got := decodeAs[map[string]any](t, p.body); got["agent"] != "nobody" {
		t.Errorf("problem %v", got)
	}
	p = w.post("/v1/sessions/new", `{"agent":1,"title":2}`).want(400)
	fields := decodeAs[struct {
		Errors []struct{ Pointer, Detail string }
	}](t, p.body).Errors
	if len(fields) != 2 || fields[0].Pointer != "/agent" || fields[1].Pointer != "/title" {
		t.Errorf("errors %v", fields)
	}
}

// TestTaken is what looks odd and must work.
func TestTaken(t *testing.T) {
	w := start(t)
	w.session("s")
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
	}{
		{"unknown fields", "POST", "/v1/sessions/a", `{"agent":"mock","colour":"red","mcp":{"m":{"type":"local","command":"x","odd":1}}}`, nil, 200},
		{"null for absent", "POST", "/v1/sessions/b", `{"agent":"mock","agentMode":null,"model":null,"mcp":null,"skills":null,"directory":null}`, nil, 200},
		{"null inside", "POST", "/v1/sessions/c", `{"agent":"mock","mcp":{"m":{"type":"remote","url":"http://x","oauth":null,"timeout":null,"env":null}}}`, nil, 200},
		{"command as a list", "POST", "/v1/sessions/d", `{"agent":"mock","mcp":{"m":{"type":"local","command":["x","y"],"oauth":{"clientId":null}}}}`, nil, 200},
		{"charset", "POST", "/v1/sessions/e", `{"agent":"mock"}`, []string{"Content-Type", "-", "Content-Type", "Application/JSON; charset=utf-8"}, 200},
		{"attachments null", "POST", "/v1/sessions/s/messages", `{"message":"a","attachments":null}`, nil, 204},
		{"attachment with nulls", "POST", "/v1/sessions/s/messages", `{"message":"a","attachments":[{"path":"p","mime":null}]}`, nil, 204},
		{"body where none is asked", "POST", "/v1/sessions/s/interrupt", `not even JSON`, nil, 204},
		{"no body", "POST", "/v1/sessions/s/interrupt", "", nil, 204},
		{"unknown query", "GET", "/v1/sessions/s/events?colour=red&colour=blue", "", nil, 200},
		{"other spelling", "GET", "/v1/sessions/s/events?includeRaw=true&offset=0", "", nil, 200},
		{"limit of nothing", "GET", "/v1/sessions/s/events?limit=0", "", nil, 200},
		{"token without need", "GET", "/v1/sessions", "", []string{"Authorization", "Bearer whatever"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := *w
			w.t = t
			w.do(c.method, c.path, c.body, c.headers...).want(c.status)
		})
	}
}
