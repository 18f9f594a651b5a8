package provider

import (
	"fmt"
	"time"
)

// Kind is what went wrong, as an errorType of the agent-sessions API.
type Kind string

// The kinds.
const (
	KindAuthentication Kind = "authentication_error" // no key, or a wrong one
	KindPermission     Kind = "permission_error"
	KindValidation     Kind = "validation_error" // the request is not one that the provider takes
	KindNotFound       Kind = "not_found_error"  // usually the model
	KindRateLimit      Kind = "rate_limit_error"
	KindQuota          Kind = "quota_exceeded_error" // nothing left to pay with: waiting does not help
	KindOverloaded     Kind = "provider_overloaded"
	KindTimeout        Kind = "provider_timeout"
	KindProvider       Kind = "provider_error" // every other fault of the provider or on the way to it
)

// Error is why a model gave no answer, or not all of it.
type Error struct {
	Kind       Kind
	Message    string        // the provider's own words where it had any, at most 2 KiB, without its key
	Retryable  bool          // the same request may succeed later
	RetryAfter time.Duration // what the provider asked for; 0 when it said nothing
	StatusCode int           // of the response, 0 when there was none
	Type       string        // the provider's own name of the error, may be empty
	RequestID  string        // the provider's, may be empty
	Provider   string
	Model      string // the provider's own id
	Err        error  // the cause, may be nil
}

func (e *Error) Error() string {
	where := e.Provider
	if e.Model != "" {
		where += "/" + e.Model
	}
	if e.StatusCode != 0 {
		return fmt.Sprintf("%s: %s (status %d)", where, e.Message, e.StatusCode)
	}
	return fmt.Sprintf("%s: %s", where, e.Message)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
