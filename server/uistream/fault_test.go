package uistream_test

import (
	"encoding/json"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// TestError shows the error event of a turn that failed, for each code of the log, and with what details say.
func TestError(t *testing.T) {
	t.Parallel()
	cases := []struct{ data, want string }{
		{`{"message":"no","code":null,"details":null}`, `"errorType":"execution_error","message":"no","retryable":false,"source":"platform"`},
		{`{"message":"","code":"new_one","details":[1]}`, `"errorType":"execution_error","message":"The turn failed.","retryable":false,"code":"new_one","source":"platform"`},
		{`{"message":"no","code":"process_exit","details":{"exit_code":1}}`, `"errorType":"execution_error","message":"no","retryable":true,"code":"process_exit","source":"platform"`},
		{`{"message":"no","code":"agent_error","details":null}`, `"errorType":"execution_error","message":"no","retryable":false,"code":"agent_error","source":"platform"`},
		{`{"message":"no","code":"agent_not_installed","details":null}`, `"errorType":"execution_error","message":"no","retryable":false,"code":"agent_not_installed","source":"platform"`},
		{`{"message":"no","code":"not_logged_in","details":null}`, `"errorType":"authentication_error","message":"no","retryable":false,"code":"not_logged_in","source":"provider"`},
		{`{"message":"no","code":"authentication_failed","details":null}`, `"errorType":"authentication_error","message":"no","retryable":false,"code":"authentication_failed","source":"provider"`},
		{`{"message":"no","code":"server_restarted","details":null}`, `"errorType":"internal_error","message":"no","retryable":true,"code":"server_restarted","source":"platform"`},
		{`{"message":"no","code":"log_unwritable","details":null}`, `"errorType":"internal_error","message":"no","retryable":false,"code":"log_unwritable","source":"platform"`},
		{`{"message":"no","code":"model_error","details":{"error":"other"}}`, `"errorType":"provider_error","message":"no","retryable":true,"code":"model_error","source":"provider"`},
		{`{"message":"no","code":"model_error","details":{"api_error_status":429}}`, `"errorType":"rate_limit_error","message":"no","retryable":true,"code":"model_error","source":"provider"`},
		{`{"message":"no","code":"model_error","details":{"api_error_status":529}}`, `"errorType":"provider_overloaded","message":"no","retryable":true,"code":"model_error","source":"provider"`},
		{`{"message":"no","code":"model_error","details":{"api_error_status":400}}`, `"errorType":"validation_error","message":"no","retryable":false,"code":"model_error","source":"provider"`},
		{`{"message":"no","code":"tool_error","details":null}`, `"errorType":"tool_error","message":"no","retryable":false,"code":"tool_error","source":"tool"`},
		{`{"message":"no","code":"unsupported_error","details":null}`, `"errorType":"validation_error","message":"no","retryable":false,"code":"unsupported_error","source":"platform"`},
		{
			`{"message":"slow down","code":"rate_limit_error","details":{"provider":"openai","model":"gpt","status_code":429,"retry_after":1.5,"request_id":"r","error_type":"tokens"}}`,
			`"errorType":"rate_limit_error","message":"slow down","retryable":true,"retryAfter":1.5,"code":"rate_limit_error","source":"provider",` +
				`"provider":{"errorType":"tokens","model":"gpt","name":"openai","requestId":"r","statusCode":429}`,
		},
		{
			`{"message":"no","code":"provider_error","details":{"provider":"x","status_code":"what","retryable":false,"retry_after":-1}}`,
			`"errorType":"provider_error","message":"no","retryable":false,"code":"provider_error","source":"provider","provider":{"name":"x"}`,
		},
	}
	for _, c := range cases {
		var d openapi.ErrorData
		if err := json.Unmarshal([]byte(c.data), &d); err != nil {
			t.Fatal(err)
		}
		got := all(uistream.New("t1", uistream.Options{}), turn(t, d, ended(openapi.TurnStatusFailed)))
		if len(got) != 2 || encode(t, got[1].Data) != `{"type":"error",`+c.want+`}` {
			t.Errorf("%s becomes\n%s\nwant\n%s", c.data, encode(t, got[1].Data), c.want)
		}
	}
	got := all(uistream.New("t1", uistream.Options{}), turn(t, ended(openapi.TurnStatusFailed)))
	if want := `{"type":"error","errorType":"execution_error","message":"The turn failed.","retryable":false,"source":"platform"}`; encode(t, got[1].Data) != want {
		t.Errorf("a failure without a word is %s", encode(t, got[1].Data))
	}
}

// TestErrorStatus holds what a provider's status means.
func TestErrorStatus(t *testing.T) {
	t.Parallel()
	want := map[int]string{
		0: "provider_error", 400: "validation_error", 401: "authentication_error", 402: "quota_exceeded_error", 403: "permission_error",
		404: "not_found_error", 408: "provider_timeout", 413: "validation_error", 422: "validation_error", 429: "rate_limit_error",
		500: "provider_error", 502: "provider_error", 503: "provider_overloaded", 504: "provider_timeout", 529: "provider_overloaded",
	}
	for status, errorType := range want {
		d := openapi.ErrorData{Message: "no", Code: new("model_error"), Details: map[string]any{"status_code": status}}
		got := all(uistream.New("t1", uistream.Options{}), turn(t, d, ended(openapi.TurnStatusFailed)))
		if got[1].Data.ErrorType != errorType {
			t.Errorf("status %d is %s, want %s", status, got[1].Data.ErrorType, errorType)
		}
	}
}
