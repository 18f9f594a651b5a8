package declared

import (
	"errors"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// fault ends a turn for a reason that lies in the definition, in its input or in what the model said.
type fault struct{ code, message string }

func (f *fault) Error() string { return f.message }

// The codes, as errorTypes of the agent-sessions API.
const (
	codeProtocol   = "protocol_error"
	codeValidation = "validation_error"
	codeExecution  = "execution_error"
)

func faultf(code, format string, args ...any) error {
	return &fault{code, fmt.Sprintf(format, args...)}
}

// refused says which values do not fit, below what they were given as.
func refused(what string, err error) error {
	return &fault{codeValidation, mismatch(what, err).Error()}
}

// mismatch refuses an option by the first part of it that does not fit, and tells of the others.
func mismatch(option string, err error) *adapters.OptionError {
	var m *protocol.MismatchError
	if !errors.As(err, &m) || len(m.Mismatches) == 0 {
		return &adapters.OptionError{Option: option, Reason: err.Error()}
	}
	first := m.Mismatches[0]
	reasons := []string{first.Reason}
	for _, other := range m.Mismatches[1:] {
		reasons = append(reasons, option+other.Pointer+": "+other.Reason)
	}
	return &adapters.OptionError{Option: option + first.Pointer, Reason: strings.Join(reasons, "; ")}
}

// facts are the details of an error of a model's provider.
type facts struct {
	Provider   string  `json:"provider,omitempty"`
	Model      string  `json:"model,omitempty"`
	StatusCode int     `json:"status_code,omitempty"`
	RequestID  string  `json:"request_id,omitempty"`
	ErrorType  string  `json:"error_type,omitempty"`
	RetryAfter float64 `json:"retry_after,omitempty"` // seconds
	Retryable  bool    `json:"retryable"`
}

// failure is an error as people must see it; false for one that is nobody's fault.
func failure(err error) (openapi.Failure, bool) {
	var p *provider.Error
	if errors.As(err, &p) {
		return openapi.Failure{Data: openapi.ErrorData{Code: new(string(p.Kind)), Message: p.Message, Details: facts{
			Provider: p.Provider, Model: p.Model, StatusCode: p.StatusCode, RequestID: p.RequestID, ErrorType: p.Type,
			RetryAfter: p.RetryAfter.Seconds(), Retryable: p.Retryable,
		}}}, true
	}
	var f *fault
	if errors.As(err, &f) {
		return openapi.Failure{Data: openapi.ErrorData{Code: &f.code, Message: f.message}}, true
	}
	return openapi.Failure{}, false
}
