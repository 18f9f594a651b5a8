package uistream_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// suspend is what a line of a log is in which a follower ends the leg.
const suspend = "suspend"

// epoch makes times the same in every run.
var epoch = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// log is a session's log that a test makes.
type log struct {
	events   []openapi.Event
	suspends map[uint64]bool // a follower ends the leg after these
	turn     string
}

// add appends an event of a type and its data.
func (l *log) add(eventType string, data []byte) error {
	sequence := len(l.events) + 1
	if eventType == openapi.EventTurnStarted {
		var started openapi.TurnStartedData
		if err := json.Unmarshal(data, &started); err != nil {
			return err
		}
		l.turn = started.TurnID
	}
	line, err := json.Marshal(map[string]any{
		"event_id": fmt.Sprintf("evt_1_%d", sequence), "sequence": sequence, "session_id": "s",
		"time": epoch.Add(time.Duration(sequence) * time.Millisecond), "source": "agent", "turn_id": l.turn,
		"type": eventType, "data": json.RawMessage(data),
	})
	if err != nil {
		return err
	}
	var e openapi.Event
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	if err := adaptertest.Validate(e); err != nil {
		return err
	}
	l.events = append(l.events, e)
	if eventType == openapi.EventTurnEnded {
		l.turn = ""
	}
	return nil
}

func (l *log) mustAdd(t testing.TB, data openapi.EventData) {
	t.Helper()
	b, err := json.Marshal(data)
	if err == nil {
		err = l.add(data.EventType(), b)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// parse reads a log as testdata has them.
func parse(t testing.TB, name, text string) *log {
	t.Helper()
	l := &log{suspends: map[uint64]bool{}}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		eventType, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case eventType == suspend:
			l.suspends[uint64(len(l.events))] = true
		case eventType == "" || eventType[0] == '#':
		default:
			if err := l.add(eventType, []byte(data)); err != nil {
				t.Fatalf("%s:%d: %v", name, i+1, err)
			}
		}
	}
	return l
}

// logs are the logs that are written down in testdata, by name.
func logs(t testing.TB) map[string]*log {
	t.Helper()
	all := map[string]*log{}
	for _, path := range glob(t, "testdata/*.log") {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".log")] = parse(t, path, string(b))
	}
	return all
}

// turns are the turns of a log, in order.
func turns(l *log) []string {
	var turns []string
	for _, e := range l.events {
		if _, ok := e.Data.(openapi.TurnStartedData); ok {
			turns = append(turns, e.TurnID)
		}
	}
	return turns
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file is like %s: %v", pattern, err)
	}
	return paths
}

// encode writes a value as clients get it.
func encode(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
