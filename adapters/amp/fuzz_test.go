package amp

import (
	"bytes"
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
		var lines [][]byte
		for _, line := range adaptertest.Lines(f, path) {
			if line.Dir == "out" && line.Msg != nil {
				lines = append(lines, line.Msg)
			}
		}
		f.Add(bytes.Join(lines, []byte("\n")))
	}
	f.Fuzz(func(t *testing.T, output []byte) {
		c := newConverter(map[string]string{}, "tools")
		var said []openapi.Output
		for raw := range bytes.Lines(output) {
			raw = bytes.TrimSpace(raw)
			r, err := parse(raw)
			if err != nil {
				said = append(said, unparsed(raw, err))
				continue
			}
			outputs, _ := c.convert(r, raw)
			said = append(said, outputs...)
		}
		outputs, _ := c.ended()
		said = append(said, outputs...)
		adaptertest.ValidOutputs(t, said)
		if err := adaptertest.InOrder(said); err != nil {
			t.Error(err)
		}
	})
}
