package provider

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"time"
)

// responseError makes an error of a response that is no stream, of whose body content is the beginning.
func responseError(r *http.Response, content []byte) *Error {
	found, _ := readFault(content)
	e := &Error{
		Kind:       kindOf(found, r.StatusCode),
		Message:    cmp.Or(found.message, plain(content), http.StatusText(r.StatusCode), "no reason was given"),
		Type:       found.name(),
		StatusCode: r.StatusCode,
		RetryAfter: retryAfter(r.Header),
		RequestID:  cmp.Or(r.Header.Get("Request-Id"), r.Header.Get("X-Request-Id"), found.requestID),
	}
	if isSuccess(r.StatusCode) && found.message == "" {
		e.Message = "the server did not answer with a stream"
	}
	e.Retryable = isRetryable(e.Kind, r.StatusCode)
	// Both providers overrule their own statuses in this way.
	if told, err := strconv.ParseBool(r.Header.Get("X-Should-Retry")); err == nil {
		e.Retryable = told
	}
	return e
}

// eventError makes an error of an event that tells of one.
func eventError(f fault) *Error {
	kind := kindOf(f, 0)
	return &Error{
		Kind: kind, Message: cmp.Or(f.message, "no reason was given"), Type: f.name(), RequestID: f.requestID,
		Retryable: isRetryable(kind, 0),
	}
}

// retryAfter reads how long the server wants the client to wait: milliseconds, seconds or a date. 0 is nothing readable.
func retryAfter(h http.Header) time.Duration {
	if wait, ok := parseWait(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return wait
	}
	value := h.Get("Retry-After")
	if wait, ok := parseWait(value, time.Second); ok {
		return wait
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(date))
	}
	return 0
}

func parseWait(value string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(n) {
		return 0, false
	}
	return time.Duration(min(max(0, n), float64(24*time.Hour/unit)) * float64(unit)), true
}
