package claude

import (
	"bytes"
	"path/filepath"
	"slices"
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
		f.Add([]byte(`{"type":"system","subtype":"init","mcp_servers":[{"name":"a","status":"failed"}],"response":{"response":{"mcpServers":[{"name":"a","error":"x"}]}}}`))
		for lines := range slices.Chunk(outputOf(f, path), 6) {
			f.Add(bytes.Join(lines, []byte("\n")))
		}
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
			if c.trouble(r.MCPServers) {
				said = append(said, c.tellTrouble(r.Response)...)
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

// outputOf is what the program printed in a recording. Long lines are left out: they keep the fuzzer busy.
func outputOf(f *testing.F, path string) (lines [][]byte) {
	for _, line := range adaptertest.Lines(f, path) {
		if line.Dir == "out" && len(line.Msg) < 2<<10 {
			lines = append(lines, line.Msg)
		}
	}
	return lines
}
