package client_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/parleyhq/parley/client"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	once := client.WithRetry(client.Retry{Attempts: 1})
	text := func(status int, body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Retry-After", "7")
			rw.WriteHeader(status)
			_, _ = io.WriteString(rw, body)
		}
	}
	problem := `{"type":"urn:sandbox-agent:error:invalid_request","title":"Invalid Request","status":400,"detail":"invalid request: bad fields",` +
		`"errors":[{"pointer":"/agent","detail":"is missing"},{"pointer":"query/limit","detail":"too small"}]}`
	for name, test := range map[string]struct {
		script http.HandlerFunc
		kind   error
		code   string
		text   string
	}{
		"problem":              {refuse(404, "session_not_found", "session not found: s"), client.ErrNotFound, "session_not_found", "parley: session not found: s (404)"},
		"fields, no code":      {text(400, problem), client.ErrInvalid, "invalid_request", "parley: invalid request: bad fields; /agent: is missing; query/limit: too small (400)"},
		"agent":                {refuse(404, "agent_not_installed", "agent not installed: x"), client.ErrAgent, "agent_not_installed", "parley: agent not installed: x (404)"},
		"idempotency":          {refuse(422, "idempotency_conflict", "c"), client.ErrConflict, "idempotency_conflict", "parley: c (422)"},
		"busy":                 {refuse(429, "session_busy", "b"), client.ErrLimit, "session_busy", "parley: b (429)"},
		"forbidden":            {refuse(403, "permission_denied", "p"), client.ErrForbidden, "permission_denied", "parley: p (403)"},
		"a proxy's":            {text(413, "<html>too large</html>"), client.ErrTooLarge, "", "parley: the answer was Request Entity Too Large (413)"},
		"a proxy's of no kind": {text(502, "<html>"), nil, "", "parley: the answer was Bad Gateway (502)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newWire(t, test.script).client(once).GetSession(t.Context(), "s")
			var e *client.Error
			if !errors.As(err, &e) || e.Problem.Code != test.code || e.Error() != test.text {
				t.Fatalf("got %v", err)
			}
			for _, kind := range []error{
				client.ErrInvalid, client.ErrUnauthorized, client.ErrForbidden, client.ErrNotFound, client.ErrExists, client.ErrConflict,
				client.ErrTooLarge, client.ErrLimit, client.ErrAgent, client.ErrGap,
			} {
				if is := errors.Is(err, kind); is != (kind == test.kind) {
					t.Errorf("is %v: %t", kind, is)
				}
			}
			if e.Problem.Type == "" && e.RetryAfter != 7*time.Second {
				t.Errorf("retry after %v", e.RetryAfter)
			}
		})
	}
}

// TestACallDoesNotWaitForEver expects an error that names the time which the server asks for.
func TestACallDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		rw.WriteHeader(http.StatusServiceUnavailable)
	})
	_, err := w.client().GetHealth(t.Context())
	var e *client.Error
	if !errors.As(err, &e) || e.RetryAfter < 59*time.Minute || e.RetryAfter > time.Hour {
		t.Errorf("got %v", err)
	}
}
