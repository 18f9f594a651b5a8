package declared

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// goldenLogs are the recorded logs.
func goldenLogs(t testing.TB) map[string][]openapi.Event {
	t.Helper()
	paths, err := filepath.Glob("testdata/golden/*.golden")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	logs := map[string][]openapi.Event{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		logs[path] = readLog(t, b)
	}
	return logs
}

// readLog reads lines of a type and data. Turns are numbered by their beginnings.
func readLog(t testing.TB, lines []byte) []openapi.Event {
	t.Helper()
	var log []openapi.Event
	turn := 0
	for line := range bytes.Lines(lines) {
		kind, data, ok := strings.Cut(strings.TrimSpace(string(line)), " ")
		if !ok {
			continue
		}
		if kind == openapi.EventTurnStarted {
			turn++
		}
		text := fmt.Sprintf(`{"event_id":"e","sequence":%d,"time":"2026-01-02T15:04:05Z","session_id":"s","native_session_id":null,`+
			`"synthetic":false,"source":"agent","turn_id":"turn_%d","type":%q,"data":%s,"raw":null}`, len(log)+1, turn, kind, data)
		var e openapi.Event
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			continue
		}
		log = append(log, e)
	}
	return log
}

func folded(log []openapi.Event) *state {
	s := &state{}
	for _, e := range log {
		s.add(e)
	}
	return s
}

// TestFoldInPieces folds every log in two pieces, at every place, and expects what folding it whole gives. What is folded into
// a clone must leave the first state alone.
func TestFoldInPieces(t *testing.T) {
	t.Parallel()
	for path, log := range goldenLogs(t) {
		whole := folded(log)
		for at := range log {
			first := folded(log[:at])
			second := first.clone()
			for _, e := range log[at:] {
				second.add(e)
			}
			if !reflect.DeepEqual(second, whole) {
				t.Fatalf("%s: in pieces at %d\n%+v\nwhole\n%+v", path, at, second, whole)
			}
			if again := folded(log[:at]); !reflect.DeepEqual(first, again) {
				t.Fatalf("%s: at %d the clone has changed the state\n%+v\nto\n%+v", path, at, again, first)
			}
		}
	}
}

// FuzzFold folds what may stand in a log, whole and in pieces.
func FuzzFold(f *testing.F) {
	for _, log := range goldenLogs(f) {
		var lines bytes.Buffer
		for _, e := range log {
			data, err := json.Marshal(e.Data)
			if err != nil {
				f.Fatal(err)
			}
			fmt.Fprintf(&lines, "%s %s\n", e.Type(), data)
		}
		f.Add(lines.Bytes(), 3)
	}
	f.Add([]byte(`history.rolled_back {"after_message_id":"msg_turn_1"}`), 0)
	f.Add([]byte(`session.restored {"messages":[{"id":"m","role":"assistant","status":"done","createdAt":"","parts":[{"type":"tool-call","toolCallId":"a","toolName":"b"}]}]}`), 0)
	f.Fuzz(func(t *testing.T, lines []byte, at int) {
		log := readLog(t, lines)
		whole := folded(log)
		for _, thread := range []string{"main", "summary"} {
			checkConversation(t, whole, thread)
		}
		if len(log) == 0 {
			return
		}
		at = ((at % len(log)) + len(log)) % len(log)
		pieces := folded(log[:at]).clone()
		for _, e := range log[at:] {
			pieces.add(e)
		}
		if !reflect.DeepEqual(pieces, whole) {
			t.Errorf("in pieces at %d\n%+v\nwhole\n%+v", at, pieces, whole)
		}
	})
}

// checkConversation says what no provider takes: calls that are not answered in the next message, or no last word of the user.
func checkConversation(t *testing.T, s *state, thread string) {
	t.Helper()
	s.unanswered(thread)
	s.rounds(thread)
	messages := s.conversation(thread)
	if messages[len(messages)-1].Role != "user" {
		t.Errorf("the last word is not the user's: %+v", messages)
	}
	for i, m := range messages {
		calls := 0
		for _, p := range m.Parts {
			if p.ToolCall == nil {
				continue
			}
			if i+1 == len(messages) || calls >= len(messages[i+1].Parts) || messages[i+1].Parts[calls].ToolResult == nil ||
				messages[i+1].Parts[calls].ToolResult.CallID != p.ToolCall.ID {
				t.Fatalf("call %s is not answered: %+v", p.ToolCall.ID, messages)
			}
			calls++
		}
	}
}
