package server

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
)

// TestNumbersAsTheyCame: a number has all its digits wherever it comes out again, after a restart too.
func TestNumbersAsTheyCame(t *testing.T) {
	t.Parallel()
	const long, call = "12345678901234567890", "mock_1_call_1"
	memory := storetest.NewMemory()
	shared := func(_ *Config, d *session.Config) { d.Store = memory }
	w := start(t, shared)
	const s = "/api/agent-sessions/s"
	w.post(s+"/chat", `{"agentId":"mock","input":{"ID":`+long+`},"messages":[{"role":"user","parts":[{"type":"text","text":"call tool get-weather {\"id\":`+long+`}"}]}]}`).want(200)
	w.stop()
	w = start(t, shared)
	result := `{"messages":[{"role":"assistant","parts":[{"type":"dynamic-tool","toolCallId":"` + call + `","state":"output-available","output":{"id":` + long + `}}]}]}`
	w.post(s+"/chat", result).want(200)
	body := `{"triggerName":"user-message","input":{"USER_MESSAGE":"hello","ID":` + long + `}}`
	w.post(s+"/trigger", body).want(200)
	for path, times := range map[string]int{
		s:                       5, // the input, what was asked, the arguments, the result, the answer
		s + "?format=ui":        4,
		s + "/logs":             5,
		"/v1/sessions/s/events": 5,
	} {
		got := string(w.get(path).want(200).body)
		if n := strings.Count(got, long); n < times {
			t.Errorf("%s has it %d times, want %d: %s", path, n, times, got)
		}
	}
}
