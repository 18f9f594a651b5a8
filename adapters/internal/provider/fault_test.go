package provider

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// both runs a test with each of the APIs; a request is made once.
func both(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, name string, p Provider)) {
	t.Helper()
	for _, name := range []string{"anthropic", "openai"} {
		test(t, name, serve(t, name+"/m", Config{Retries: -1}, handler))
	}
}

func refusal(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestResponsesThatAreErrors(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html><title>Bad gateway</title>"
	cases := map[string]struct {
		handler http.HandlerFunc
		want    Error
	}{
		"Anthropic's":        {refusal(529, `{"type":"error","error":{"type":"overloaded_error","message":"busy"},"request_id":"r1"}`), Error{Kind: KindOverloaded, Message: "busy", Retryable: true, StatusCode: 529, Type: "overloaded_error", RequestID: "r1"}},
		"OpenAI's":           {refusal(429, `{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded","param":null}}`, "X-Request-Id", "r2"), Error{Kind: KindRateLimit, Message: "slow down", Retryable: true, StatusCode: 429, Type: "rate_limit_exceeded", RequestID: "r2"}},
		"quota":              {refusal(429, `{"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}}`), Error{Kind: KindQuota, Message: "pay", StatusCode: 429, Type: "insufficient_quota"}},
		"billing":            {refusal(400, `{"error":{"message":"pay","type":"billing_error"}}`), Error{Kind: KindQuota, Message: "pay", StatusCode: 400, Type: "billing_error"}},
		"a text":             {refusal(500, `{"error":"out of memory"}`), Error{Kind: KindProvider, Message: "out of memory", Retryable: true, StatusCode: 500}},
		"members at the top": {refusal(400, `{"object":"error","message":"too long","type":"BadRequest","code":400}`), Error{Kind: KindValidation, Message: "too long", StatusCode: 400, Type: "400"}},
		"detail":             {refusal(404, `{"detail":"Not Found"}`), Error{Kind: KindNotFound, Message: "Not Found", StatusCode: 404}},
		"a list":             {refusal(400, `[{"error":{"code":400,"message":"bad key","status":"INVALID_ARGUMENT"}}]`), Error{Kind: KindValidation, Message: "bad key", StatusCode: 400, Type: "400"}},
		"odd members":        {refusal(400, `{"error":{"message":{"a":1},"code":[1],"type":true}}`), Error{Kind: KindValidation, Message: `{"error":{"message":{"a":1},"code":[1],"type":true}}`, StatusCode: 400}},
		"no body":            {refusal(503, ""), Error{Kind: KindOverloaded, Message: "Service Unavailable", Retryable: true, StatusCode: 503}},
		"no name":            {refusal(599, ""), Error{Kind: KindProvider, Message: "no reason was given", Retryable: true, StatusCode: 599}},
		"a page":             {refusal(502, page, "Content-Type", "text/html"), Error{Kind: KindProvider, Message: "Bad Gateway", Retryable: true, StatusCode: 502}},
		"a word":             {refusal(504, "upstream request timeout\n"), Error{Kind: KindTimeout, Message: "upstream request timeout", Retryable: true, StatusCode: 504}},
		"timeout":            {refusal(408, ""), Error{Kind: KindTimeout, Message: "Request Timeout", Retryable: true, StatusCode: 408}},
		"conflict":           {refusal(409, ""), Error{Kind: KindProvider, Message: "Conflict", Retryable: true, StatusCode: 409}},
		"teapot":             {refusal(418, ""), Error{Kind: KindProvider, Message: "I'm a teapot", StatusCode: 418}},
		"unprocessable":      {refusal(422, ""), Error{Kind: KindValidation, Message: "Unprocessable Entity", StatusCode: 422}},
		"must not be tried":  {refusal(500, "", "X-Should-Retry", "false"), Error{Kind: KindProvider, Message: "Internal Server Error", StatusCode: 500}},
		"may be tried":       {refusal(400, "", "X-Should-Retry", "true"), Error{Kind: KindValidation, Message: "Bad Request", Retryable: true, StatusCode: 400}},
		"redirect":           {refusal(307, "", "Location", "/elsewhere"), Error{Kind: KindProvider, Message: "Temporary Redirect", StatusCode: 307}},
		"a page, and fine":   {refusal(200, page, "Content-Type", "text/html; charset=utf-8"), Error{Kind: KindProvider, Message: "the server did not answer with a stream", StatusCode: 200}},
		"JSON, and fine":     {refusal(200, `{"choices":[]}`, "Content-Type", "application/json"), Error{Kind: KindProvider, Message: "the server did not answer with a stream", StatusCode: 200}},
		"an error, and fine": {refusal(200, `{"error":{"message":"busy","code":503}}`, "Content-Type", "application/json"), Error{Kind: KindOverloaded, Message: "busy", Retryable: true, StatusCode: 200, Type: "503"}},
		"seconds":            {refusal(429, "", "Retry-After", "7"), Error{Kind: KindRateLimit, Message: "Too Many Requests", Retryable: true, RetryAfter: 7 * time.Second, StatusCode: 429}},
		"milliseconds":       {refusal(429, "", "Retry-After", "7", "Retry-After-Ms", "1500"), Error{Kind: KindRateLimit, Message: "Too Many Requests", Retryable: true, RetryAfter: 1500 * time.Millisecond, StatusCode: 429}},
		"not readable":       {refusal(429, "", "Retry-After", "soon"), Error{Kind: KindRateLimit, Message: "Too Many Requests", Retryable: true, StatusCode: 429}},
		"long ago":           {refusal(429, "", "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"), Error{Kind: KindRateLimit, Message: "Too Many Requests", Retryable: true, StatusCode: 429}},
		"negative":           {refusal(429, "", "Retry-After", "-5"), Error{Kind: KindRateLimit, Message: "Too Many Requests", Retryable: true, StatusCode: 429}},
		"for ever":           {refusal(429, "", "Retry-After", "1e300"), Error{Kind: KindRateLimit, Message: "Too Many Requests", Retryable: true, RetryAfter: 24 * time.Hour, StatusCode: 429}},
	}
	for name, c := range cases {
		both(t, c.handler, func(t *testing.T, api string, p Provider) {
			parts, err := failure(t, p.Stream(t.Context(), user("hi")))
			c.want.Provider, c.want.Model = api, "m"
			if len(parts) > 0 || *err != c.want {
				t.Errorf("%s: %+v", name, *err)
			}
		})
	}
}

func TestRetryAfterADate(t *testing.T) {
	t.Parallel()
	date := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	got := retryAfter(http.Header{"Retry-After": {date}})
	if got <= 50*time.Minute || got > time.Hour {
		t.Error(got)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			t.Errorf("followed with %v", r.Header)
		}
		http.Redirect(w, r, "/elsewhere", http.StatusPermanentRedirect)
	}
	both(t, handler, func(t *testing.T, _ string, p Provider) {
		if _, err := failure(t, p.Stream(t.Context(), user("hi"))); err.StatusCode != http.StatusPermanentRedirect {
			t.Errorf("%+v", err)
		}
	})
}

// An error's body is read to an end that is near, and only a little of it is kept.
func TestHugeErrors(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		for chunk := strings.Repeat("ü", 32<<10); ; {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}
	both(t, handler, func(t *testing.T, _ string, p Provider) {
		_, err := failure(t, p.Stream(t.Context(), user("hi")))
		if err.StatusCode != http.StatusInternalServerError || len(err.Message) != longestMessage || strings.Trim(err.Message, "ü") != "" {
			t.Errorf("%d bytes: %+v", len(err.Message), err)
		}
	})
}

func TestSecretsOfErrors(t *testing.T) {
	t.Parallel()
	both(t, refusal(401, `{"error":{"message":"no such key: `+secret+`"}}`), func(t *testing.T, _ string, p Provider) {
		if _, err := failure(t, p.Stream(t.Context(), user("hi"))); err.Message != "no such key: ***" || err.Kind != KindAuthentication {
			t.Errorf("%+v", err)
		}
	})
	if err := (&client{key: "x"}).describe(t.Context(), refuse("too complex"), "m"); !strings.Contains(err.Error(), "complex") {
		t.Error(err)
	}
	c := Config{Retries: -1, OpenAI: Endpoint{BaseURL: "http://user:password@127.0.0.1:1/v1?token=hidden", Key: secret}}
	_, err := failure(t, find(t, c, "openai/m").Stream(t.Context(), user("hi")))
	if text := fmt.Sprint(err); strings.Contains(text, "password") || strings.Contains(text, "hidden") || !err.Retryable || err.Kind != KindProvider {
		t.Errorf("%+v", err)
	}
}
