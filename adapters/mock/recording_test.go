package mock_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// recording is a session with the reference server: what went in, and the log that came out. Its times are blank.
type recording struct {
	name     string
	Messages []string
	Replies  map[string][]reply // what was done after a message's script had gone as far as it could
	Events   []event
}

// reply is one thing that was done: by Kind a permission or question answered, a question rejected, or the session terminated.
type reply struct {
	Kind    string // permission, question, reject, terminate
	ID      string
	Reply   openapi.PermissionReply
	Answers [][]string
}

// event is an event whose time is not read.
type event struct{ openapi.Event }

func (e *event) UnmarshalJSON(b []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	delete(fields, "time")
	b, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, &e.Event)
}

func recordings(t *testing.T) []recording {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	recordings := make([]recording, len(paths))
	for i, path := range paths {
		b, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(b, &recordings[i])
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		recordings[i].name = strings.TrimSuffix(filepath.Base(path), ".json")
	}
	return recordings
}

func (r recording) log() []openapi.Event {
	var log []openapi.Event
	for _, e := range r.Events {
		log = append(log, e.Event)
	}
	return log
}
