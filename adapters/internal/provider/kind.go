package provider

import (
	"net/http"
	"strconv"
)

// kindOf tells the kind of an error by what the provider calls it and the status of the response, 0 for an event. The
// status counts first, but that a quota is used up is often said with the status of a rate.
func kindOf(f fault, status int) Kind {
	kind, known := namedKind(f)
	switch {
	case known && (kind == KindQuota || status < 400):
		return kind
	case status >= 400:
		return statusKind(status)
	}
	return KindProvider
}

func namedKind(f fault) (Kind, bool) {
	for _, name := range []string{f.code, f.kind} {
		if kind, known := kinds[name]; known {
			return kind, true
		}
		if status, err := strconv.Atoi(name); err == nil && status >= 400 {
			return statusKind(status), true
		}
	}
	return "", false
}

// kinds are the names that Anthropic and OpenAI give to errors.
var kinds = map[string]Kind{
	"authentication_error":       KindAuthentication,
	"invalid_api_key":            KindAuthentication,
	"permission_error":           KindPermission,
	"permission_denied":          KindPermission,
	"invalid_request_error":      KindValidation,
	"invalid_request":            KindValidation,
	"request_too_large":          KindValidation,
	"context_length_exceeded":    KindValidation,
	"not_found_error":            KindNotFound,
	"not_found":                  KindNotFound,
	"model_not_found":            KindNotFound,
	"rate_limit_error":           KindRateLimit,
	"rate_limit_exceeded":        KindRateLimit,
	"insufficient_quota":         KindQuota,
	"billing_error":              KindQuota,
	"billing_hard_limit_reached": KindQuota,
	"billing_not_active":         KindQuota,
	"overloaded_error":           KindOverloaded,
	"server_is_overloaded":       KindOverloaded,
	"timeout_error":              KindTimeout,
}

// statusOverloaded is Anthropic's own.
const statusOverloaded = 529

func statusKind(status int) Kind {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return KindValidation
	case http.StatusUnauthorized:
		return KindAuthentication
	case http.StatusPaymentRequired:
		return KindQuota
	case http.StatusForbidden:
		return KindPermission
	case http.StatusNotFound:
		return KindNotFound
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return KindTimeout
	case http.StatusTooManyRequests:
		return KindRateLimit
	case http.StatusServiceUnavailable, statusOverloaded:
		return KindOverloaded
	}
	return KindProvider
}

// isRetryable says whether the same request may succeed later.
func isRetryable(kind Kind, status int) bool {
	switch kind {
	case KindRateLimit, KindOverloaded, KindTimeout:
		return true
	case KindProvider:
		return status == 0 || status == http.StatusConflict || status >= 500
	default:
		return false
	}
}
