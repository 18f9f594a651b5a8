package terminal

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

var update = flag.Bool("update", false, "write the golden files")

const adapters = "../../../../adapters"

// TestTranscripts shows what real agents have said.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"claude/file-edit", "claude/error-401", "claude/question-dismissed", "codex/file-edit", "opencode/shell-denied", "amp/tools"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := shownOf(t, filepath.Join(adapters, filepath.Dir(name), "testdata", filepath.Base(name)+".golden"))
			golden := filepath.Join("testdata", strings.ReplaceAll(name, "/", "-")+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("%v; shown is\n%s\nwant\n%s", err, got, want)
			}
		})
	}
}

// TestAllTranscripts shows everything that any agent has ever said, and looks that it is harmless.
func TestAllTranscripts(t *testing.T) {
	t.Parallel()
	logs, err := filepath.Glob(filepath.Join(adapters, "*", "testdata", "*.golden"))
	if err != nil || len(logs) < 20 {
		t.Fatalf("%d logs, %v", len(logs), err)
	}
	for _, log := range logs {
		if text := shownOf(t, log); strings.ContainsFunc(text, harmful) {
			t.Errorf("%s: harmful characters are shown: %q", log, text)
		}
	}
}

// shownOf is what a person sees of an agent's outputs: its answers as they are, and what it does besides behind a bar.
func shownOf(t *testing.T, log string) string {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	answer := newConsole(&out)
	notes := newConsole(&bar{out: &out, fresh: true})
	notes.fresh = answer.fresh
	transcript := newTranscript(answer, notes)
	for line := range strings.Lines(string(text)) {
		if ev, ok := eventOf(line); ok {
			transcript.show(ev)
			printEvent(newConsole(&bytes.Buffer{}), ev)
		}
	}
	return out.String()
}

// bar marks lines.
type bar struct {
	out   *bytes.Buffer
	fresh bool
}

func (b *bar) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		if b.fresh && line != "\n" {
			b.out.WriteString("| ")
		}
		b.out.WriteString(line)
		b.fresh = strings.HasSuffix(line, "\n")
	}
	return len(p), nil
}

// eventOf reads a line of an adapter's golden file: a number, a type and data. Others are comments.
func eventOf(line string) (openapi.Event, bool) {
	number, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	kind, data, ok := strings.Cut(rest, " ")
	if _, err := strconv.Atoi(number); err != nil || !ok {
		return openapi.Event{}, false
	}
	envelope, err := json.Marshal(map[string]any{"type": kind, "data": json.RawMessage(data), "time": "2026-01-02T03:04:05Z"})
	if err != nil {
		return openapi.Event{}, false
	}
	var ev openapi.Event
	return ev, json.Unmarshal(envelope, &ev) == nil
}
