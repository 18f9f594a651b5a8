package provider

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a server without a network, whose time is the test's.
type memory func(*http.Request) (*http.Response, error)

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) { return m(r) }

// slow answers after a wait, then with a piece of a stream after every further one. It is silent after the last.
func slow(wait time.Duration, pieces ...string) memory {
	return func(r *http.Request) (*http.Response, error) {
		if err := sleep(r.Context(), wait); err != nil {
			return nil, err
		}
		out, in := io.Pipe()
		context.AfterFunc(r.Context(), func() { _ = in.CloseWithError(r.Context().Err()) })
		go func() {
			for _, piece := range pieces {
				if sleep(r.Context(), wait) != nil {
					return
				}
				_, _ = io.WriteString(in, piece)
			}
		}()
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: out, Request: r}, nil
	}
}

func patient(t *testing.T, api string, server memory) Provider {
	t.Helper()
	e := Endpoint{BaseURL: "http://host/v1", Key: secret}
	return find(t, Config{
		Anthropic: e, OpenAI: e, Retries: -1, Patience: time.Minute, HTTPClient: &http.Client{Transport: server},
	}, api+"/m")
}

func TestSilence(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"anthropic": messageEvents(t, messageStart, startBlock("0", `{"type":"text"}`), addBlock("0", `{"type":"text_delta","text":"hi"}`)),
		"openai":    chunks("", `{"content":"hi"}`),
	}
	for api, text := range texts {
		for name, c := range map[string]struct {
			server memory
			said   string
			after  time.Duration
		}{
			"before the answer": {slow(time.Hour), "", time.Minute},
			"at the beginning":  {slow(50 * time.Second), "", 110 * time.Second},
			"in the middle":     {slow(50*time.Second, text), "hi", 160 * time.Second},
		} {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				parts, err := failure(t, patient(t, api, c.server).Stream(t.Context(), user("hi")))
				if err.Kind != KindTimeout || err.Message != "nothing came for 1m0s" || !err.Retryable || said(parts) != c.said {
					t.Errorf("%s %s: %+v after %s", api, name, err, show(parts))
				}
				if passed := time.Since(begin); passed != c.after {
					t.Errorf("%s %s: after %v", api, name, passed)
				}
			})
		}
	}
}

// Only the time in which the server has something to do counts: neither a long answer nor a slow reader.
func TestNoSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		words := strings.SplitAfter(chunks("stop", `{"content":"a"}`, `{"content":"b"}`, `{"content":"c"}`)+done, "\n\n")
		var parts []Part
		for part, err := range patient(t, "openai", slow(50*time.Second, words...)).Stream(t.Context(), user("hi")) {
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, part)
			time.Sleep(time.Hour)
		}
		if said(parts) != "abc" {
			t.Error(show(parts))
		}
	})
}

func TestTimeoutOfTheClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := Endpoint{BaseURL: "http://host/v1"}
		c := Config{OpenAI: e, Retries: -1, HTTPClient: &http.Client{Transport: slow(time.Hour), Timeout: time.Second}}
		if _, err := failure(t, find(t, c, "openai/m").Stream(t.Context(), user("hi"))); err.Kind != KindTimeout || !err.Retryable {
			t.Errorf("%+v", err)
		}
	})
}

func TestDeadlineOfTheCaller(t *testing.T) {
	t.Parallel()
	for _, api := range []string{"anthropic", "openai"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if parts, err := answer(t, patient(t, api, slow(time.Hour)).Stream(ctx, user("hi"))); err != context.DeadlineExceeded {
				t.Errorf("%s: %v after %s", api, err, show(parts))
			}
		})
	}
}
