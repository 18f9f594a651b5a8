package acp

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// turnEnd is the end of a turn in golden files.
type turnEnd struct{ Status openapi.TurnStatus }

// answered is what the agent is told in golden files.
type answered struct{ Reply any }

// player plays recorded lines as a turn does, without a host. What the agent says outside of turns is told to nobody.
type player struct {
	convert *converter
	state   sessionState
	prompt  string // the id of the prompt that runs
	news    map[string]bool
}

// recordedLine is a line of a recording: of the agent, or of who talks to it.
type recordedLine struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *jsonrpc.Error  `json:"error"`
}

func (p *player) play(line adaptertest.Line) []any {
	var r recordedLine
	if err := json.Unmarshal(line.Msg, &r); err != nil {
		return nil
	}
	switch {
	case line.Dir == "in":
		p.sent(&r)
		return nil
	case p.news[string(r.ID)] && r.Method == "":
		_ = decode(r.Result, &p.state)
		return nil
	case p.prompt == "":
		return p.between(&r)
	case r.Method == "" && string(r.ID) == p.prompt:
		return p.ends(&r, line.Msg)
	case r.Method == methodPermission:
		params, call := p.convert.permission(r.Params)
		said := values(p.convert.sign(line.Msg))
		return append(said, permissionRequest("p"+string(r.ID), params, call, line.Msg), answered{map[string]any{
			"once": choice(params, openapi.PermissionReplyOnce), "always": choice(params, openapi.PermissionReplyAlways),
			"reject": choice(params, openapi.PermissionReplyReject),
		}})
	case r.Method == methodElicitation:
		return []any{questionRequest("q"+string(r.ID), readForm(r.Params), line.Msg)}
	case r.Method == methodUpdate:
		var n notification
		_ = decode(r.Params, &n)
		return values(p.convert.convert(&n.Update, line.Msg))
	}
	return nil
}

func choice(p permissionParams, reply openapi.PermissionReply) string {
	id, _ := p.choose(reply)
	return id
}

func (p *player) sent(r *recordedLine) {
	switch r.Method {
	case methodPrompt:
		p.prompt = string(r.ID)
		used := p.convert.used
		p.convert.begin()
		p.convert.used = used // a golden file has the items of several turns
	case methodNew:
		p.news[string(r.ID)] = true
		p.convert.spent.known, p.convert.spent.total = true, 0
	case methodInitialize:
		used := p.convert.used
		p.convert, p.news = newConverter(), map[string]bool{}
		p.convert.used = used
	}
}

func (p *player) between(r *recordedLine) []any {
	var n notification
	if r.Method == methodUpdate && decode(r.Params, &n) == nil {
		p.convert.spent.update(&n.Update)
	}
	return nil
}

func (p *player) ends(r *recordedLine, raw []byte) []any {
	p.prompt = ""
	if r.Error != nil {
		return append(values(p.convert.failed(errorData(r.Error), raw)), turnEnd{openapi.TurnStatusFailed})
	}
	var result promptResult
	_ = decode(r.Result, &result)
	outputs, status := p.convert.ended(&result, p.state.modelName(), raw)
	return append(values(outputs), turnEnd{status})
}

func values(outputs []openapi.Output) []any {
	var all []any
	for _, o := range outputs {
		all = append(all, o)
	}
	return all
}

func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recordings", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".jsonl"), func(t *testing.T) {
			p := &player{convert: newConverter(), news: map[string]bool{}}
			adaptertest.Golden(t, path, p.play)
		})
	}
}
