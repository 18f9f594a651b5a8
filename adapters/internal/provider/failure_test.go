package provider

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestErrorsOfTheProvider(t *testing.T) {
	t.Parallel()
	kinds := map[string]Kind{
		"400": KindValidation, "401": KindAuthentication, "402": KindQuota, "403": KindPermission, "404": KindNotFound,
		"413": KindValidation,
	}
	scripted(t, func(t *testing.T, s *script) {
		for status, kind := range kinds {
			parts, err := failure(t, s.provider(t).Stream(t.Context(), s.request(userMessage("error "+status+" not with "+secret))))
			if len(parts) > 0 || err.Kind != kind || err.Message != "not with ***" || err.Retryable {
				t.Errorf("%s: %+v", status, err)
			}
			if err.Provider != s.name || err.Model != "scripted-large" || err.Type == "" {
				t.Errorf("%s: %+v", status, err)
			}
		}
		if n := len(s.server.Requests()); n != len(kinds) {
			t.Errorf("%d requests", n)
		}
	})
}

func TestRetriesBeforeTheFirstPart(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		var retries []Retry
		r := s.request(userMessage("error 529 x1 too many users"))
		r.OnRetry = func(retry Retry) { retries = append(retries, retry) }
		parts := whole(t, s.provider(t).Stream(t.Context(), r))
		if said(parts) != "recovered after 1 errors" {
			t.Error(show(parts))
		}
		if len(retries) != 1 || retries[0].Attempt != 1 || retries[0].Err.Kind != KindOverloaded || retries[0].Err.Message != "too many users" {
			t.Errorf("%+v", retries)
		}
	})
}

func TestNoRetryAfterTheFirstPart(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		for script, kind := range map[string]Kind{
			"cut half a text":              KindProvider,
			"say half\nerror 529 too many": KindOverloaded,
			"say half\nerror 429 too fast": KindRateLimit,
		} {
			before := len(s.server.Requests())
			r := s.request(userMessage(script))
			r.OnRetry = func(retry Retry) { t.Errorf("retries %+v", retry) }
			parts, err := failure(t, s.provider(t).Stream(t.Context(), r))
			if !strings.HasPrefix(said(parts), "half") || err.Kind != kind || !err.Retryable {
				t.Errorf("%q: %+v after %s", script, err, show(parts))
			}
			if n := len(s.server.Requests()) - before; n != 1 {
				t.Errorf("%q: %d requests", script, n)
			}
		}
	})
}

func TestCancelledInMidStream(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var parts []Part
		var failed error
		for part, err := range s.provider(t).Stream(ctx, s.request(userMessage("say begun\nhang"))) {
			if failed = err; err == nil {
				parts = append(parts, part)
			}
			if _, ok := part.(TextDelta); ok {
				cancel()
			}
		}
		if !errors.Is(failed, context.Canceled) || !strings.HasPrefix("begun", said(parts)) {
			t.Errorf("%v after %s", failed, show(parts))
		}
		if err := checkOrder(parts, false); err != nil {
			t.Error(err, show(parts))
		}
	})
}

func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	scripted(t, func(t *testing.T, s *script) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if parts, err := answer(t, s.provider(t).Stream(ctx, s.request(userMessage("say hi")))); err != context.Canceled || len(parts) > 0 {
			t.Errorf("%v after %s", err, show(parts))
		}
	})
}
