package claude

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// turnEnd is the end of a turn in golden files.
type turnEnd struct {
	Status         openapi.TurnStatus
	UnknownSession bool `json:",omitempty"`
}

// player plays recorded lines as a turn does, without a host.
type player struct {
	convert *converter
	waiting []string // messages that were sent while a turn ran
	running bool
}

func (p *player) play(line adaptertest.Line) []any {
	if line.Dir == "in" {
		p.sent(line.Msg)
		return nil
	}
	r, err := parse(line.Msg)
	if err != nil {
		return []any{unparsed(lineOf(line.Msg), err)}
	}
	if r.Type == "control_request" {
		return p.asked(r, line.Msg)
	}
	var said []any
	outputs, end := p.convert.convert(r, line.Msg)
	for _, o := range outputs {
		said = append(said, o)
	}
	if end != nil {
		said = append(said, turnEnd{end.status, end.unknownSession})
		p.running = false
		p.next()
	}
	return said
}

func lineOf(raw []byte) line { return line{raw: raw} }

func (p *player) sent(msg json.RawMessage) {
	var m struct{ Type, UUID string }
	if err := json.Unmarshal(msg, &m); err == nil && m.Type == "user" {
		p.waiting = append(p.waiting, m.UUID)
		p.next()
	}
}

func (p *player) next() {
	if !p.running && len(p.waiting) > 0 {
		p.convert.begin(p.waiting[0])
		p.waiting, p.running = p.waiting[1:], true
	}
}

func (p *player) asked(r *record, raw []byte) []any {
	q, ok := readRequest(r.Request)
	switch {
	case !ok:
		return nil
	case q.ToolName == "AskUserQuestion":
		return []any{questionRequest(r.RequestID, readQuestions(q), raw)}
	case q.ToolName == "ExitPlanMode":
		return []any{p.convert.planRequest(r.RequestID, q, raw)}
	}
	return []any{permissionRequest(r.RequestID, q, raw)}
}

func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recordings", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".jsonl"), func(t *testing.T) {
			p := &player{convert: newConverter(false)}
			adaptertest.Golden(t, path, p.play)
		})
	}
}
