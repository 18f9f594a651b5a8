package uistream_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// recorded are the logs of all agents: those of testdata, what the adapters make of recorded conversations, and those that
// were recorded of the reference server's mock agent.
func recorded(t testing.TB) map[string]*log {
	t.Helper()
	all := logs(t)
	for _, path := range glob(t, "../../adapters/*/testdata/*.golden") {
		if strings.Contains(path, "adaptertest") {
			continue // what a test says of its own
		}
		all[short(path)] = golden(t, path)
	}
	for _, path := range glob(t, "../../adapters/declared/testdata/golden/*.golden") {
		all["declared/"+filepath.Base(path)] = declared(t, path)
	}
	for _, path := range glob(t, "../../adapters/mock/testdata/*.json") {
		all[short(path)] = mock(t, path)
	}
	return all
}

// declared reads a log of a declared agent. A leg ends before the results come.
func declared(t testing.TB, path string) *log {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l := parse(t, path, string(b))
	for i, e := range l.events[1:] {
		if e.Type() == openapi.EventToolResolved && l.events[i].Type() != openapi.EventToolResolved {
			l.suspends[l.events[i].Sequence] = true
		}
	}
	return l
}

func short(path string) string {
	agent := filepath.Base(filepath.Dir(filepath.Dir(path)))
	return agent + "/" + filepath.Base(path)
}

// golden makes a session of an adapter's golden file: a line is its number in the recording, the type and the data. Turns
// begin with what is said first, and end where the adapter says so.
func golden(t testing.TB, path string) *log {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l := &log{suspends: map[uint64]bool{}}
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		_, rest, _ := strings.Cut(line, " ")
		eventType, data, _ := strings.Cut(rest, " ")
		if l.turn != "" && strings.HasSuffix(eventType, ".turnEnd") {
			l.mustAdd(t, turnEnd(t, data, l.turn))
		}
		if !known(eventType) {
			continue
		}
		if l.turn == "" && eventType != openapi.EventUsageUpdated {
			begin(t, l)
		}
		if err := l.add(eventType, []byte(data)); err != nil {
			t.Fatalf("%s:%d: %v", path, i+1, err)
		}
	}
	if l.turn != "" { // the recording ends before its turn
		l.mustAdd(t, openapi.TurnEndedData{Phase: openapi.TurnEndedPhaseEnded, TurnID: l.turn, Status: openapi.TurnStatusFailed})
	}
	return l
}

// known tells events from what adapters say among themselves.
func known(eventType string) bool {
	for _, prefix := range []string{"item.", "permission.", "question.", "usage.", "session.", "agent.", openapi.EventError} {
		if strings.HasPrefix(eventType, prefix) {
			return true
		}
	}
	return false
}

// turnEnd reads the line at which an adapter ends a turn.
func turnEnd(t testing.TB, data, turn string) openapi.TurnEndedData {
	t.Helper()
	var end struct{ Status openapi.TurnStatus }
	if err := json.Unmarshal([]byte(data), &end); err != nil || end.Status == "" {
		t.Fatalf("%s ends no turn: %v", data, err)
	}
	return openapi.TurnEndedData{Phase: openapi.TurnEndedPhaseEnded, TurnID: turn, Status: end.Status}
}

// begin begins a turn with somebody's words.
func begin(t testing.TB, l *log) {
	t.Helper()
	turn := fmt.Sprintf("turn_%d", len(l.events)+1)
	l.mustAdd(t, openapi.TurnStartedData{Phase: openapi.TurnStartedPhaseStarted, TurnID: turn})
	user := item("usr_"+turn, openapi.ItemKindMessage, openapi.ItemRoleUser, text("Go on"))
	l.mustAdd(t, started(user))
	l.mustAdd(t, completed(user))
}

// mock reads a log that was recorded of the reference server, whose events do not say which turn they are of.
func mock(t testing.TB, path string) *log {
	t.Helper()
	var recording struct {
		Events []struct {
			Type string
			Data json.RawMessage
		}
	}
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &recording)
	}
	if err != nil {
		t.Fatal(err)
	}
	l := &log{suspends: map[uint64]bool{}}
	for i, e := range recording.Events {
		if e.Type == openapi.EventTurnStarted {
			e.Data = json.RawMessage(fmt.Sprintf(`{"phase":"started","turn_id":"turn_%d"}`, i))
		}
		if err := l.add(e.Type, e.Data); err != nil {
			t.Fatalf("%s: event %d: %v", path, i, err)
		}
	}
	return l
}
