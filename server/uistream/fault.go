package uistream

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// Where an error comes from.
const (
	fromPlatform = "platform"
	fromProvider = "provider"
	fromTool     = "tool"
)

// errorKind is what a kind of error means to a client.
type errorKind struct {
	errorType, source string
	retryable         bool // the same trigger may succeed
}

// errorTypes are the kinds that the contract names, for logs that name them as they are.
var errorTypes = map[string]errorKind{
	"authentication_error": {"authentication_error", fromProvider, false},
	"permission_error":     {"permission_error", fromProvider, false},
	"validation_error":     {"validation_error", fromProvider, false},
	"not_found_error":      {"not_found_error", fromProvider, false},
	"rate_limit_error":     {"rate_limit_error", fromProvider, true},
	"quota_exceeded_error": {"quota_exceeded_error", fromProvider, false},
	"provider_error":       {"provider_error", fromProvider, true},
	"provider_overloaded":  {"provider_overloaded", fromProvider, true},
	"provider_timeout":     {"provider_timeout", fromProvider, true},
	"execution_error":      {"execution_error", fromPlatform, false},
	"tool_error":           {"tool_error", fromTool, false},
	"protocol_error":       {"protocol_error", fromPlatform, false},
	"internal_error":       {"internal_error", fromPlatform, false},
	"unknown_error":        {"unknown_error", fromPlatform, false},
	"unsupported_error":    {"validation_error", fromPlatform, false}, // clients before 6.0 drop it
}

// errorCodes are the codes of the log that say more than that something went wrong.
var errorCodes = map[string]errorKind{
	"process_exit":          {"execution_error", fromPlatform, true}, // the next trigger starts the program again
	"agent_not_installed":   {"execution_error", fromPlatform, false},
	"agent_error":           {"execution_error", fromPlatform, false},
	"not_logged_in":         {"authentication_error", fromProvider, false},
	"authentication_failed": {"authentication_error", fromProvider, false},
	"server_restarted":      {"internal_error", fromPlatform, true},
	"log_unwritable":        {"internal_error", fromPlatform, false},
	"internal":              {"internal_error", fromPlatform, false},
}

// facts are what the details of an error may say. Agents have names of their own for the status.
type facts struct {
	Provider       string  `json:"provider"`
	Model          string  `json:"model"`
	StatusCode     int     `json:"status_code"`
	APIErrorStatus int     `json:"api_error_status"`
	RetryAfter     float64 `json:"retry_after"` // seconds
	RequestID      string  `json:"request_id"`
	ErrorType      string  `json:"error_type"` // the provider's own
	Retryable      *bool   `json:"retryable"`
}

// fault is the UI event of a turn that failed, whose log may not say why.
func fault(d *openapi.ErrorData) openapi.UIEvent {
	if d == nil {
		d = &openapi.ErrorData{}
	}
	f, code := factsOf(d.Details), ""
	if d.Code != nil {
		code = *d.Code
	}
	kind := kindOf(code, cmp.Or(f.StatusCode, f.APIErrorStatus))
	u := openapi.UIEvent{
		Type: openapi.UIError, ErrorType: kind.errorType, Source: kind.source, Retryable: &kind.retryable, Code: code,
		Message: cmp.Or(d.Message, "The turn failed."), RetryAfter: max(0, f.RetryAfter),
	}
	if f.Retryable != nil {
		u.Retryable = f.Retryable
	}
	if f.Provider != "" {
		u.Provider = &openapi.UIErrorProvider{
			Name: f.Provider, Model: f.Model, StatusCode: cmp.Or(f.StatusCode, f.APIErrorStatus), ErrorType: f.ErrorType,
			RequestID: f.RequestID,
		}
	}
	return u
}

func kindOf(code string, status int) errorKind {
	if kind, ok := errorTypes[code]; ok {
		return kind
	}
	if kind, ok := errorCodes[code]; ok {
		return kind
	}
	if code == "model_error" {
		return errorTypes[statusType(status)]
	}
	return errorTypes["execution_error"]
}

// statusType is what a provider means by the status of its answer.
func statusType(status int) string {
	switch {
	case status == 401:
		return "authentication_error"
	case status == 402:
		return "quota_exceeded_error"
	case status == 403:
		return "permission_error"
	case status == 404:
		return "not_found_error"
	case status == 429:
		return "rate_limit_error"
	case status == 503 || status == 529:
		return "provider_overloaded"
	case status == 408 || status == 504:
		return "provider_timeout"
	case slices.Contains([]int{400, 413, 422}, status):
		return "validation_error"
	}
	return "provider_error"
}

// factsOf reads details, whatever they are. What does not fit is left out.
func factsOf(details any) facts {
	var f facts
	if b, err := json.Marshal(details); err == nil {
		_ = json.Unmarshal(b, &f) // keeps what fits
	}
	return f
}
