package opencode

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// turnEnd is the end of a turn in golden files.
type turnEnd struct{ Status openapi.TurnStatus }

// player plays recorded events as a turn does, without a host.
type player struct {
	convert     *converter // nil before the first message
	newest      string     // the id of the newest message of earlier turns
	interrupted bool
	busy, idle  bool
}

var (
	prompted = regexp.MustCompile(`^POST /session/(\w+)/(prompt_async|message)$`)
	listed   = regexp.MustCompile(`^GET /session/(\w+)/message$`)
	aborted  = regexp.MustCompile(`^POST /session/(\w+)/abort$`)
)

func (p *player) play(t *testing.T, line adaptertest.Line) []any {
	var sent struct {
		HTTP string

		Reply json.RawMessage
		Body  json.RawMessage
	}
	if err := json.Unmarshal(line.JSON, &sent); err != nil {
		t.Fatal(err)
	}
	switch {
	case line.Dir == "event":
		return p.event(line.Msg)
	case line.Dir == "out" && p.convert != nil:
		return p.answered(sent.Body)
	case line.Dir != "in":
		return nil
	case prompted.MatchString(sent.HTTP):
		p.convert = newConverter(prompted.FindStringSubmatch(sent.HTTP)[1], p.newest)
		p.busy, p.idle, p.interrupted = false, false, false
	case aborted.MatchString(sent.HTTP):
		p.interrupted = true
	case listed.MatchString(sent.HTTP) && sent.Reply != nil: // what a server that was killed has left
		var messages []storedMessage
		if err := json.Unmarshal(sent.Reply, &messages); err != nil {
			t.Fatal(err)
		}
		p.convert = newConverter(listed.FindStringSubmatch(sent.HTTP)[1], "")
		p.convert.lose()
		return append(p.said(p.convert.stored(messages)), p.said(p.convert.cut())...)
	}
	return nil
}

// answered takes the message that a request was answered with.
func (p *player) answered(body []byte) []any {
	var m storedMessage
	if json.Unmarshal(body, &m) != nil || m.Info.ID == "" {
		return nil
	}
	return p.said(p.convert.stored([]storedMessage{m}))
}

func (p *player) event(raw []byte) []any {
	e, err := parse(raw)
	if err != nil {
		return []any{unparsed(err, raw)}
	}
	if p.convert == nil {
		return nil
	}
	said := p.said(p.convert.convert(e, raw))
	switch e.Type {
	case "permission.asked":
		said = append(said, permissionRequest(&e.Properties.request, raw))
	case "question.asked":
		said = append(said, questionRequest(&e.Properties.request, raw))
	case "message.updated":
		if p.convert != nil {
			p.newest = max(p.newest, e.Properties.Info.ID)
		}
	case "session.status":
		p.busy = p.busy || e.Properties.Status.Type == "busy"
		p.idle = p.busy && e.Properties.Status.Type == "idle"
	}
	if p.idle && p.convert.settled(p.interrupted) {
		said = append(said, p.end()...)
	}
	return said
}

func (p *player) end() []any {
	said := append(p.said(p.convert.cut()), p.said(p.convert.usage(func(string, string) int64 { return 0 }))...)
	status, fault := p.convert.ending(p.interrupted)
	if fault != nil {
		said = append(said, failure(fault))
	}
	p.convert = nil
	return append(said, turnEnd{status})
}

func (p *player) said(outputs []openapi.Output) []any {
	var said []any
	for _, o := range outputs {
		said = append(said, o)
	}
	return said
}

func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recordings", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".jsonl"), func(t *testing.T) {
			p := &player{}
			adaptertest.Golden(t, path, func(line adaptertest.Line) []any { return p.play(t, line) })
		})
	}
}
