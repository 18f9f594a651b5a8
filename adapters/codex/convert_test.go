package codex

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// player plays recorded lines as a turn does, without a host.
type player struct {
	convert *converter
	sent    map[string]string // methods of the requests to the program, by their ids
}

func newPlayer() *player {
	return &player{convert: newConverter(map[string]bool{}), sent: map[string]string{}}
}

// wire is any recorded message.
type wire struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
}

func (p *player) play(line adaptertest.Line) []any {
	var w wire
	if json.Unmarshal(line.Msg, &w) != nil {
		return nil
	}
	switch {
	case line.Dir == "in":
		p.said(w)
	case w.Method == "":
		p.answered(w)
	case w.ID != nil:
		return p.asked(w, line.Msg)
	default:
		return p.notified(w, line.Msg)
	}
	return nil
}

// said is what Parley's side has said.
func (p *player) said(w wire) {
	p.sent[string(w.ID)] = w.Method
	switch w.Method {
	case "turn/start":
		used := p.convert.used // the ids of all turns together are checked
		p.convert.begin()
		p.convert.used = used
	case "turn/steer":
		var s steerParams
		_ = json.Unmarshal(w.Params, &s)
		text, _ := s.Input[0].(map[string]any)["text"].(string)
		p.convert.steered(s.ClientID, text)
	}
}

func (p *player) answered(w wire) {
	switch p.sent[string(w.ID)] {
	case "thread/start", "thread/resume":
		var a threadAnswer
		_ = json.Unmarshal(w.Result, &a)
		p.convert.thread, p.convert.model = a.Thread.ID, a.Model
	case "turn/start":
		var a turnAnswer
		_ = json.Unmarshal(w.Result, &a)
		p.convert.began(a.Turn.ID)
	}
}

func (p *player) notified(w wire, raw []byte) []any {
	var said []any
	outputs, end := p.convert.convert(w.Method, parse(w.Params), raw)
	for _, o := range outputs {
		said = append(said, o)
	}
	if end == nil {
		return said
	}
	said = append(said, *end)
	for _, o := range p.convert.finish() {
		said = append(said, o)
	}
	return said
}

func (p *player) asked(w wire, raw []byte) []any {
	q, id := readAsked(w.Params), "process/"+string(w.ID)
	switch w.Method {
	case methodCommand, methodFiles, methodPermissions:
		return []any{p.convert.permissionRequest(id, w.Method, q, raw)}
	case methodQuestions:
		return []any{q.questionRequest(id, raw)}
	case methodElicitation:
		if q.Meta.Kind != "" {
			return []any{q.toolRequest(id, raw)}
		}
	}
	return nil
}

func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recordings", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".jsonl"), func(t *testing.T) {
			adaptertest.Golden(t, path, newPlayer().play)
		})
	}
}

// A process that dies leaves no item open.
func TestCut(t *testing.T) {
	p := newPlayer()
	var said []openapi.Output
	for _, line := range adaptertest.Lines(t, "testdata/killed.jsonl") {
		for _, o := range p.play(line) {
			said = append(said, o.(openapi.Output))
		}
	}
	if adaptertest.AllCompleted(said) == nil {
		t.Fatal("the recording leaves nothing open")
	}
	said = append(said, p.convert.cut()...)
	checkOutputs(t, said)
}
