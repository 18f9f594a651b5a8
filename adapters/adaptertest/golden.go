package adaptertest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Line is one line of a recorded conversation.
type Line struct {
	Number int             `json:"-"`   // from 1
	T      int             `json:"t"`   // milliseconds since the start
	Dir    string          `json:"dir"` // in: to the agent; out, event: from it; empty: a note on the recording
	Msg    json.RawMessage `json:"msg"`
	JSON   json.RawMessage `json:"-"` // the whole line
}

// Lines reads a recorded conversation.
func Lines(t testing.TB, path string) []Line {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines []Line
	scan := bufio.NewScanner(bytes.NewReader(b))
	scan.Buffer(nil, len(b)+1)
	for n := 1; scan.Scan(); n++ {
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		line := Line{Number: n, JSON: bytes.Clone(scan.Bytes())}
		if err := json.Unmarshal(line.JSON, &line); err != nil {
			t.Fatalf("%s:%d: %v", path, n, err)
		}
		lines = append(lines, line)
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// Golden feeds the lines of a recorded conversation that have a direction to a converter, and compares what it makes of
// them with the file beside it that ends in .golden. With -update that file is written.
//
// A converter returns openapi.Outputs, adapters.PermissionRequests, adapters.QuestionRequests and values of its own, which
// are written under their type's name. Events that come of them must be valid and in order.
func Golden(t *testing.T, path string, convert func(Line) []any) {
	t.Helper()
	var g golden
	for _, line := range Lines(t, path) {
		if line.Dir == "" {
			continue
		}
		for _, said := range convert(line) {
			g.add(t, line.Number, said)
		}
	}
	if err := InOrder(g.outputs); err != nil {
		t.Error(err)
	}
	compare(t, strings.TrimSuffix(path, filepath.Ext(path))+".golden", g.text.Bytes())
}

type golden struct {
	stamp   stamp
	outputs []openapi.Output
	text    bytes.Buffer
}

// add writes one line of the golden file: where in the recording, which type, what it says.
func (g *golden) add(t testing.TB, number int, said any) {
	t.Helper()
	name, data := fmt.Sprintf("%T", said), said
	var event *openapi.Event
	switch said := said.(type) {
	case openapi.Output:
		g.outputs = append(g.outputs, said)
		event = new(g.stamp.output(said))
	case adapters.PermissionRequest:
		event = new(g.stamp.event(openapi.EventSourceAgent, permissionRequested(said), said.Raw))
	case adapters.QuestionRequest:
		event = new(g.stamp.event(openapi.EventSourceAgent, questionRequested(said), said.Raw))
	}
	if event != nil {
		Valid(t, *event)
		name, data = event.Type(), event.Data
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(data); err != nil {
		t.Fatalf("line %d: %v", number, err)
	}
	fmt.Fprintf(&g.text, "%d %s %s", number, name, line.Bytes())
}

func compare(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := line(gotLines, i), line(wantLines, i)
		if g != w {
			t.Errorf("%s:%d: got\n%s\nwant\n%s\n-update writes it anew", path, i+1, g, w)
			return
		}
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}
