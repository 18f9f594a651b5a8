package acp

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
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
		c := newConverter()
		var said []openapi.Output
		for line := range bytes.Lines(output) {
			said = append(said, feed(c, bytes.TrimSpace(line))...)
		}
		said = append(said, c.cut()...)
		adaptertest.ValidOutputs(t, said)
		for _, err := range []error{adaptertest.InOrder(said), adaptertest.AllCompleted(said)} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// feed takes a line for everything that it could be.
func feed(c *converter, line []byte) []openapi.Output {
	var r recordedLine
	if err := decode(line, &r); err != nil {
		return slices.Clone(c.strange(err.Error(), raw(line)))
	}
	var state sessionState
	_ = decode(r.Result, &state)
	known := facts{Session: state}
	known.modes()
	known.models()
	known.permissionModes()
	state.modeSettings(adapters.Options{AgentMode: modePlan, PermissionMode: permissionBypass})
	form := readForm(r.Params)
	form.answer(adapters.QuestionReply{Answers: [][]string{{"a", "b"}, {}, {"yes"}}})
	questionRequest("q", form, line)
	var said []openapi.Output
	switch {
	case r.Method == methodPermission:
		params, call := c.permission(r.Params)
		said = slices.Clone(c.sign(line))
		permissionRequest("p", params, call, line)
		params.choose(openapi.PermissionReplyAlways)
		call.refused = true
	case r.Method == methodUpdate:
		var n notification
		_ = decode(r.Params, &n)
		state.follow(&n.Update)
		said = slices.Clone(c.convert(&n.Update, line))
	case r.Error != nil:
		e := jsonrpc.Error{Code: r.Error.Code, Message: r.Error.Message, Data: r.Error.Data}
		said = slices.Clone(c.failed(errorData(&e), line))
	case json.Valid(r.Result):
		var result promptResult
		_ = decode(r.Result, &result)
		outputs, _ := c.ended(&result, state.modelName(), line)
		said = slices.Clone(outputs)
	}
	return said
}

// outputOf is what the agent said in a recording. Long lines are left out: they keep the fuzzer busy.
func outputOf(f *testing.F, path string) (lines [][]byte) {
	for _, line := range adaptertest.Lines(f, path) {
		if line.Dir == "out" && len(line.Msg) < 2<<10 {
			lines = append(lines, line.Msg)
		}
	}
	return lines
}
