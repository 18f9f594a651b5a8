package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// The kinds of refusals, for errors.Is. The problem's code says more.
var (
	// ErrInvalid says that the request must be changed: invalid_request, unsupported_agent, mode_not_supported.
	ErrInvalid = errors.New("parley: invalid request")
	// ErrUnauthorized says that the token is missing or wrong.
	ErrUnauthorized = errors.New("parley: unauthorized")
	// ErrForbidden says that the server does not serve this caller.
	ErrForbidden = errors.New("parley: forbidden")
	// ErrNotFound says that there is no such session, or no such path.
	ErrNotFound = errors.New("parley: not found")
	// ErrExists says that the id of a new session is taken.
	ErrExists = errors.New("parley: session exists")
	// ErrConflict says that an idempotency key was used with another request.
	ErrConflict = errors.New("parley: idempotency key used before")
	// ErrTooLarge says that the request's body is larger than the server takes.
	ErrTooLarge = errors.New("parley: too large")
	// ErrLimit says that a limit of the server is reached, or that the session is busy.
	ErrLimit = errors.New("parley: limit reached")
	// ErrAgent says that what the server works with is to blame: the agent, which is not installed, cannot be installed,
	// died or answered nonsense; or a disk that is full or a directory that is not empty.
	ErrAgent = errors.New("parley: agent failed")
	// ErrGap says that a log lacks events: what was missing was missing again when the stream was opened anew.
	ErrGap = errors.New("parley: events are missing")
)

var kindOfCode = map[string]error{
	"invalid_request":        ErrInvalid,
	"unsupported_agent":      ErrInvalid,
	"mode_not_supported":     ErrInvalid,
	"token_invalid":          ErrUnauthorized,
	"permission_denied":      ErrForbidden,
	"session_not_found":      ErrNotFound,
	"not_found":              ErrNotFound,
	"session_already_exists": ErrExists,
	"idempotency_conflict":   ErrConflict,
	"payload_too_large":      ErrTooLarge,
	"limit_exceeded":         ErrLimit,
	"SESSION_BUSY":           ErrLimit,
	"agent_not_found":        ErrNotFound,
	"agent_already_exists":   ErrExists,
	"agent_not_installed":    ErrAgent,
	"install_failed":         ErrAgent,
	"agent_process_exited":   ErrAgent,
	"stream_error":           ErrAgent,
}

// kindOfStatus is for answers without a code, which come from what stands between the client and the server.
var kindOfStatus = map[int]error{
	http.StatusBadRequest:            ErrInvalid,
	http.StatusUnauthorized:          ErrUnauthorized,
	http.StatusForbidden:             ErrForbidden,
	http.StatusNotFound:              ErrNotFound,
	http.StatusRequestEntityTooLarge: ErrTooLarge,
	http.StatusTooManyRequests:       ErrLimit,
}

// Error is an answer that is not a success.
type Error struct {
	// Problem is what the server says. Its Code is empty where the answer is not a problem of Parley's.
	Problem openapi.Problem
	// RetryAfter is how long the server wants to be left alone; 0 = it does not say.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	var fields strings.Builder
	for _, f := range e.Problem.Errors {
		fmt.Fprintf(&fields, "; %s: %s", f.Pointer, f.Detail)
	}
	return fmt.Sprintf("parley: %s%s (%d)", e.Problem.Detail, fields.String(), e.Problem.Status)
}

// Is makes errors.Is(err, ErrNotFound) and its like true.
func (e *Error) Is(target error) bool {
	kind, ok := kindOfCode[e.Problem.Code]
	if !ok {
		kind = kindOfStatus[e.Problem.Status]
	}
	return kind != nil && kind == target
}

// temporary tells whether the same request may succeed in a moment. What goes wrong with an
// agent, or with a disk, is not tried again: that takes long and ends the same.
func (e *Error) temporary() bool {
	switch e.Problem.Code {
	case "install_failed", "agent_process_exited", "stream_error":
		return false
	}
	s := e.Problem.Status
	return s == http.StatusRequestTimeout || s == http.StatusTooManyRequests || s >= 500 && s != http.StatusNotImplemented
}

// maxProblem bounds what is read of an answer that is not a success.
const maxProblem = 1 << 20

// readError reads an answer that is not a success.
func readError(resp *http.Response) *Error {
	e := &Error{RetryAfter: retryAfter(resp.Header.Get("Retry-After"))}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem)) // a part of it, or nothing, is an answer too
	if json.Unmarshal(body, &e.Problem) != nil || e.Problem.Type == "" {
		title := http.StatusText(resp.StatusCode)
		e.Problem = openapi.Problem{Title: title, Detail: "the answer was " + title}
	}
	if code, ok := strings.CutPrefix(e.Problem.Type, "urn:sandbox-agent:error:"); ok {
		e.Problem.Code = code
	}
	e.Problem.Status = resp.StatusCode
	return e
}

// retryAfter reads seconds or a date.
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(date))
	}
	return 0
}
