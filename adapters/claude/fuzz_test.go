package claude

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// FuzzConvert feeds lines to a converter: it never panics, and what it says is valid and in order.
func FuzzConvert(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		f.Add(outputOf(f, path))
	}
	f.Fuzz(func(t *testing.T, output []byte) {
		c := newConverter(false)
		c.begin("m")
		var said []openapi.Output
		for raw := range bytes.Lines(output) {
			raw = bytes.TrimSpace(raw)
			r, err := parse(raw)
			if err != nil {
				said = append(said, unparsed(lineOf(raw), err))
				continue
			}
			if q, ok := readRequest(r.Request); ok {
				permissionRequest(r.RequestID, q, raw)
				answered(q.Input, readQuestions(q), [][]string{{"a", "b"}, {}})
				c.planRequest(r.RequestID, q, raw)
				lasting(q.Suggestions)
			}
			outputs, _ := c.convert(r, raw)
			said = append(said, outputs...)
		}
		said = append(said, c.cut()...)
		adaptertest.ValidOutputs(t, said)
		if err := adaptertest.AllCompleted(said); err != nil {
			t.Error(err)
		}
	})
}

// outputOf is what the program printed in a recording.
func outputOf(f *testing.F, path string) []byte {
	if _, err := os.Stat(path); err != nil {
		f.Fatal(err)
	}
	var out bytes.Buffer
	for _, line := range adaptertest.Lines(f, path) {
		if line.Dir == "out" {
			out.Write(line.Msg)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}
