package amp

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// turnEnd is the end of a turn in golden files.
type turnEnd struct{ Status openapi.TurnStatus }

// loginWanted is a line in which the program wants to be logged in.
type loginWanted struct{}

// player plays lines as a turn does, without a host.
type player struct{ convert *converter }

func (p *player) play(line adaptertest.Line) []any {
	switch {
	case line.Dir == "in":
		return nil
	case line.Msg == nil: // a line that is no JSON
		return []any{text(line.JSON)}
	}
	r, err := parse(line.Msg)
	if err != nil {
		return []any{unparsed(line.Msg, err)}
	}
	outputs, end := p.convert.convert(r, line.Msg)
	said := make([]any, 0, len(outputs)+1)
	for _, o := range outputs {
		said = append(said, o)
	}
	if end != nil {
		said = append(said, turnEnd{end.status})
	}
	return said
}

func text(line json.RawMessage) any {
	var recorded struct{ Raw string }
	_ = json.Unmarshal(line, &recorded) // was read before
	if wantsLogin([]byte(recorded.Raw)) {
		return loginWanted{}
	}
	return recorded.Raw
}

func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recordings", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
		t.Run(name, func(t *testing.T) {
			p := &player{newConverter(map[string]string{}, "tools", "slow", "other", "good")}
			p.convert.stopped = name == "cancelled"
			adaptertest.Golden(t, path, p.play)
		})
	}
}

// TestRecordedRefusals: what the program was recorded to say where it does not start.
func TestRecordedRefusals(t *testing.T) {
	var reasons []string
	for _, line := range adaptertest.Lines(t, "testdata/login-failure.jsonl") {
		var end struct{ Stderr string }
		if err := json.Unmarshal(line.JSON, &end); err != nil {
			t.Fatal(err)
		}
		if end.Stderr != "" {
			reasons = append(reasons, reasonOf(end.Stderr))
		}
	}
	want := "API request for getUserInfo failed: 404|Couldn't connect to the Amp server at http://127.0.0.1:9."
	if got := strings.Join(reasons, "|"); got != want {
		t.Errorf("got %s", got)
	}
}
