package opencode

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// FuzzConvert feeds events to a converter, and the parts of their messages once more as if they had been looked up: it
// never panics, and what it says is valid and in order.
func FuzzConvert(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		session, lines := eventsOf(f, path)
		for some := range slices.Chunk(lines, 8) {
			f.Add(session, bytes.Join(some, []byte("\n")))
		}
	}
	f.Fuzz(func(t *testing.T, session string, stream []byte) {
		c := newConverter(session, "")
		var said []openapi.Output
		for raw := range bytes.Lines(stream) {
			raw = bytes.TrimSpace(raw)
			e, err := parse(raw)
			if err != nil {
				said = append(said, unparsed(err, raw))
				continue
			}
			said = append(said, c.convert(e, raw)...)
			p := &e.Properties
			permissionRequest(&p.request, raw)
			questionRequest(&p.request, raw)
			answers(&p.request, [][]string{{"a"}, nil, {}})
			if p.Part != nil {
				c.lose()
				said = append(said, c.stored([]storedMessage{{Info: info{ID: p.Part.MessageID, SessionID: session, Role: "assistant"}, Parts: []part{*p.Part}}})...)
			}
		}
		c.settled(true)
		said = append(said, c.cut()...)
		said = append(said, c.usage(func(string, string) int64 { return 1 })...)
		if _, fault := c.ending(false); fault != nil {
			said = append(said, failure(fault))
		}
		adaptertest.ValidOutputs(t, said)
		if err := adaptertest.InOrder(said); err != nil {
			t.Error(err)
		}
		if err := adaptertest.AllCompleted(said); err != nil {
			t.Error(err)
		}
	})
}

// eventsOf are the events of a recording, and its session. Long ones are left out: they keep the fuzzer busy.
func eventsOf(f *testing.F, path string) (session string, lines [][]byte) {
	for _, line := range adaptertest.Lines(f, path) {
		if line.Dir != "event" || len(line.Msg) > 2<<10 {
			continue
		}
		if e, err := parse(line.Msg); err == nil && session == "" {
			session = e.Properties.SessionID
		}
		lines = append(lines, line.Msg)
	}
	return session, lines
}
