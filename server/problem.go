package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// The codes that only this package refuses with; the others are session's.
const (
	codeTokenInvalid         session.Code = "token_invalid"
	codePermissionDenied     session.Code = "permission_denied"
	codeNotFound             session.Code = "not_found"
	codeMethodNotAllowed     session.Code = "method_not_allowed"
	codePayloadTooLarge      session.Code = "payload_too_large"
	codeUnsupportedMediaType session.Code = "unsupported_media_type"
	codeRangeNotSatisfiable  session.Code = "range_not_satisfiable"
	codeTimeout              session.Code = "timeout"
)

const problemType = "urn:sandbox-agent:error:"

// kind is what all problems of one code have in common.
type kind struct {
	status        int
	title, prefix string // the detail is the prefix, and after a colon what is special
}

var kinds = map[session.Code]kind{
	session.CodeInvalidRequest:      {http.StatusBadRequest, "Invalid Request", "invalid request"},
	session.CodeUnsupportedAgent:    {http.StatusBadRequest, "Unsupported Agent", "unsupported agent"},
	session.CodeModeNotSupported:    {http.StatusBadRequest, "Mode Not Supported", "mode not supported"},
	codeTokenInvalid:                {http.StatusUnauthorized, "Token Invalid", "token invalid"},
	codePermissionDenied:            {http.StatusForbidden, "Permission Denied", "permission denied"},
	session.CodeSessionNotFound:     {http.StatusNotFound, "Session Not Found", "session not found"},
	session.CodeAgentNotFound:       {http.StatusNotFound, "Agent Not Found", "agent not found"},
	session.CodeAgentExists:         {http.StatusConflict, "Agent Already Exists", "agent already exists"},
	session.CodeAgentNotInstalled:   {http.StatusNotFound, "Agent Not Installed", "agent not installed"},
	codeNotFound:                    {http.StatusNotFound, "Not Found", "not found"},
	codeMethodNotAllowed:            {http.StatusMethodNotAllowed, "Method Not Allowed", "method not allowed"},
	session.CodeSessionExists:       {http.StatusConflict, "Session Already Exists", "session already exists"},
	codePayloadTooLarge:             {http.StatusRequestEntityTooLarge, "Payload Too Large", "payload too large"},
	codeUnsupportedMediaType:        {http.StatusUnsupportedMediaType, "Unsupported Media Type", "unsupported media type"},
	codeRangeNotSatisfiable:         {http.StatusRequestedRangeNotSatisfiable, "Range Not Satisfiable", "range not satisfiable"},
	session.CodeIdempotencyConflict: {http.StatusUnprocessableEntity, "Idempotency Conflict", "idempotency conflict"},
	session.CodeLimitExceeded:       {http.StatusTooManyRequests, "Limit Exceeded", "limit exceeded"},
	session.CodeSessionBusy:         {http.StatusTooManyRequests, "Session Busy", "session busy"},
	session.CodeInternal:            {http.StatusInternalServerError, "Internal", "internal error"},
	session.CodeInstallFailed:       {http.StatusInternalServerError, "Install Failed", "install failed"},
	session.CodeAgentProcessExited:  {http.StatusInternalServerError, "Agent Process Exited", "agent process exited"},
	session.CodeStreamError:         {http.StatusBadGateway, "Stream Error", "stream error"},
	codeTimeout:                     {http.StatusGatewayTimeout, "Timeout", "timeout"},
}

// spelled are the codes that clients know in another spelling.
var spelled = map[session.Code]string{session.CodeSessionBusy: "SESSION_BUSY"}

// retryAfter is how many seconds a caller who met a limit should wait.
const retryAfter = "1"

// fail answers a request with the problem that err is. It is Echo's error handler: every error of a request stops here.
func (s *Server) fail(err error, c echo.Context) {
	p := problemOf(err)
	s.report(c, p, err)
	if c.Response().Committed {
		return
	}
	body, err := json.Marshal(p)
	if err != nil { // details that JSON does not know
		s.cfg.Log.Error("problem cannot be encoded", "code", p.Code, "error", err)
		p.Details = nil
		body, _ = json.Marshal(p)
	}
	if p.Status == http.StatusTooManyRequests {
		c.Response().Header().Set(echo.HeaderRetryAfter, retryAfter)
	}
	if err := c.Blob(p.Status, "application/problem+json", body); err != nil {
		s.cfg.Log.Debug("problem not delivered", "error", err)
	}
}

// report logs what the operator must know: faults of the server. A refusal is the caller's to know, and a caller who has
// left, or takes nothing any more, is nobody's fault.
func (s *Server) report(c echo.Context, p openapi.Problem, err error) {
	level := slog.LevelDebug
	if p.Status >= http.StatusInternalServerError && !left(c, err) {
		level = slog.LevelError
	}
	s.cfg.Log.Log(context.Background(), level, "request failed",
		"method", c.Request().Method, "route", c.Path(), "code", p.Code, "detail", p.Detail, "error", cause(err))
}

func left(c echo.Context, err error) bool {
	_, network := errors.AsType[*net.OpError](err)
	return c.Request().Context().Err() != nil || network && c.Response().Committed
}

// cause is what is known beyond the problem itself.
func cause(err error) error {
	if refused, ok := errors.AsType[*session.Error](err); ok {
		return refused.Cause
	}
	return err
}

// problemOf is the one place where an error becomes a problem. What is no refusal is internal: its text stays here.
func problemOf(err error) openapi.Problem {
	if refused, ok := errors.AsType[*session.Error](err); ok {
		return problem(refused)
	}
	if rejected, ok := errors.AsType[fieldErrors](err); ok {
		p := problem(&session.Error{Code: session.CodeInvalidRequest, Detail: rejected.Error()})
		p.Errors = rejected
		return p
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return problem(ofEcho(he))
	}
	return problem(&session.Error{Code: session.CodeInternal})
}

func problem(e *session.Error) openapi.Problem {
	k, known := kinds[e.Code]
	if !known {
		e = &session.Error{Code: session.CodeInternal}
		k = kinds[e.Code]
	}
	if e.Code == session.CodeInternal && e.Detail == "" {
		e = &session.Error{Code: e.Code, Detail: "the request could not be carried out; the server's log says why"}
	}
	detail := k.prefix
	if e.Detail != "" {
		detail += ": " + e.Detail
	}
	return openapi.Problem{
		Type:      problemType + string(e.Code),
		Title:     k.title,
		Status:    k.status,
		Detail:    detail,
		Message:   detail,
		Code:      cmp.Or(spelled[e.Code], string(e.Code)),
		Agent:     e.Agent,
		SessionID: e.SessionID,
		Details:   e.Details,
	}
}

// ofEcho translates what Echo and the stub refuse by themselves.
func ofEcho(he *echo.HTTPError) *session.Error {
	text, _ := he.Message.(string)
	switch he.Code {
	case http.StatusNotFound:
		return &session.Error{Code: codeNotFound, Detail: "there is nothing at this path"}
	case http.StatusMethodNotAllowed:
		return &session.Error{Code: codeMethodNotAllowed, Detail: "the header Allow lists what this path takes"}
	case http.StatusBadRequest:
		return &session.Error{Code: session.CodeInvalidRequest, Detail: text}
	}
	return &session.Error{Code: session.CodeInternal, Cause: he}
}

// fieldErrors are the parts of a request that the document does not allow.
type fieldErrors []openapi.FieldError

func (f fieldErrors) Error() string {
	texts := make([]string, len(f))
	for i, field := range f {
		texts[i] = cmp.Or(field.Pointer, "body") + ": " + field.Detail
	}
	return strings.Join(texts, "; ")
}
