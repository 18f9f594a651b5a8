package codex

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters"
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
		for lines := range slices.Chunk(outputOf(f, path), 6) {
			f.Add(bytes.Join(lines, []byte("\n")))
		}
	}
	f.Fuzz(func(t *testing.T, output []byte) {
		c := newConverter(map[string]bool{})
		c.thread = "thread"
		c.begin()
		c.steered("name", "text")
		var said []openapi.Output
		for raw := range bytes.Lines(output) {
			var w wire
			if json.Unmarshal(bytes.TrimSpace(raw), &w) != nil {
				continue
			}
			if len(w.ID) > 0 {
				fuzzAsked(t, c, w, raw)
			}
			outputs, _ := c.convert(w.Method, parse(w.Params), bytes.TrimSpace(raw))
			said = append(said, outputs...)
		}
		said = append(said, c.cut()...)
		said = append(said, c.finish()...)
		adaptertest.ValidOutputs(t, said)
		if err := adaptertest.AllCompleted(said); err != nil {
			t.Error(err)
		}
	})
}

// fuzzAsked asks what is asked and answers it: every answer can be sent.
func fuzzAsked(t *testing.T, c *converter, w wire, raw []byte) {
	q := readAsked(w.Params)
	c.permissionRequest("id", w.Method, q, raw)
	q.questionRequest("id", raw)
	q.toolRequest("id", raw)
	sent := []any{q.answered([][]string{{"a", "b"}, {}}), q.grant(openapi.PermissionReplyAlways), q.permitted(openapi.PermissionReplyOnce)}
	if form, ok := q.form(); ok {
		form.questions(q.Message)
		sent = append(sent, form.filled(adapters.QuestionReply{Answers: [][]string{{"1"}, {"yes"}}}))
	}
	for _, answer := range sent {
		if _, err := json.Marshal(answer); err != nil {
			t.Errorf("%+v: %v", answer, err)
		}
	}
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
