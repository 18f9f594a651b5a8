package session

import "fmt"

// Code names a kind of refusal. It is the last part of a problem's type.
type Code string

// The codes that this package answers with.
const (
	CodeInvalidRequest      Code = "invalid_request"
	CodeUnsupportedAgent    Code = "unsupported_agent"
	CodeModeNotSupported    Code = "mode_not_supported"
	CodeSessionNotFound     Code = "session_not_found"
	CodeSessionExists       Code = "session_already_exists"
	CodeAgentNotInstalled   Code = "agent_not_installed"
	CodeInstallFailed       Code = "install_failed"
	CodeAgentProcessExited  Code = "agent_process_exited"
	CodeStreamError         Code = "stream_error"
	CodeIdempotencyConflict Code = "idempotency_conflict"
	CodeLimitExceeded       Code = "limit_exceeded"
	CodeInternal            Code = "internal"
)

// Error is a refusal that a caller must understand. Any other error of this package is a fault of the server.
type Error struct {
	Code      Code
	Detail    string // what follows the code's own prefix in a problem
	Agent     string
	SessionID string
	Details   map[string]any
	Cause     error // for the server's log; never shown
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Detail) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

func invalid(format string, args ...any) *Error {
	return &Error{Code: CodeInvalidRequest, Detail: fmt.Sprintf(format, args...)}
}

func notFound(id string) *Error {
	return &Error{Code: CodeSessionNotFound, Detail: id, SessionID: id}
}
