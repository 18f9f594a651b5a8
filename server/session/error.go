package session

import (
	"errors"
	"fmt"

	"github.com/parleyhq/parley/server/store"
)

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
	CodeAgentExists         Code = "agent_already_exists"
	CodeAgentNotFound       Code = "agent_not_found"
	CodeSessionBusy         Code = "session_busy"
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

// errClosing answers what comes while the service ends.
var errClosing = &Error{Code: CodeInternal, Detail: "the server is stopping"}

// unreadable says that stored bytes of a session are damaged. Other sessions are not concerned.
func unreadable(id string, err error) error {
	cause := fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	return &Error{Code: CodeInternal, Detail: "the stored data of the session is unreadable", SessionID: id, Cause: cause}
}

// unwritable says that an event could not be made durable; nothing of it is shown.
func unwritable(id string, err error) error {
	if err == nil || errors.Is(err, errClosing) {
		return err
	}
	detail := "the event log cannot be written: " + err.Error()
	return &Error{Code: CodeInternal, Detail: detail, SessionID: id, Cause: err}
}

// readFault translates an error of the store's reading side.
func readFault(id string, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound(id)
	case errors.Is(err, store.ErrCorrupt):
		return unreadable(id, err)
	}
	return err
}
