package uistream_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// chunkReader knows what the AI SDK fails on, in the stricter of its versions.
type chunkReader struct {
	step, over bool
	open       map[string]bool // texts and reasonings of the step
	inputs     map[string]bool // calls whose input is streamed in this response
	calls      map[string]bool // calls with a whole input, of the turn
}

// chunkTypes are the types that it knows and we use.
var chunkTypes = []string{"start", "finish", "error", "start-step", "finish-step", "text-start", "text-delta", "text-end",
	"reasoning-start", "reasoning-delta", "reasoning-end", "tool-input-start", "tool-input-delta", "tool-input-available",
	"tool-output-available", "tool-output-error", "file", "source-url", "source-document", "data-block", "data-resource"}

func (r *chunkReader) read(c uistream.Chunk) error {
	inStep := !slices.Contains([]string{"start", "finish", "error", "start-step"}, c.Type)
	switch {
	case !slices.Contains(chunkTypes, c.Type):
		return fmt.Errorf("%s is no type of chunks", c.Type)
	case c.Type == "start":
		*r = chunkReader{calls: r.calls}
	case r.over:
		return fmt.Errorf("%s after the end", c.Type)
	case inStep != r.step:
		return fmt.Errorf("%s in a step: %t", c.Type, r.step)
	}
	switch c.Type {
	case "start-step":
		r.step, r.open = true, map[string]bool{}
	case "finish-step":
		r.step = false
		for id, open := range r.open {
			if open {
				return fmt.Errorf("%s goes on after its step", id)
			}
		}
	case "finish", "error":
		r.over = true
		if (c.Type == "error") != (c.ErrorText != "") || (c.Type == "finish") != (c.FinishReason != "") {
			return fmt.Errorf("%s says %q %q", c.Type, c.FinishReason, c.ErrorText)
		}
	}
	return r.readPart(c)
}

func (r *chunkReader) readPart(c uistream.Chunk) error {
	kind, what, _ := strings.Cut(c.Type, "-")
	switch kind + "-" + what {
	case "text-start", "reasoning-start":
		r.open[c.ID] = true
	case "text-delta", "text-end", "reasoning-delta", "reasoning-end":
		if !r.open[c.ID] || what == "delta" && c.Delta == "" {
			return fmt.Errorf("%s of %q, which is not open", c.Type, c.ID)
		}
		r.open[c.ID] = what == "delta"
	case "tool-input-start":
		if r.inputs == nil {
			r.inputs = map[string]bool{}
		}
		r.inputs[c.ToolCallID] = true
	case "tool-input-delta":
		if !r.inputs[c.ToolCallID] {
			return fmt.Errorf("a delta of %s, which did not start", c.ToolCallID)
		}
	case "tool-input-available":
		if r.calls == nil {
			r.calls = map[string]bool{}
		}
		r.calls[c.ToolCallID] = true
	case "tool-output-available", "tool-output-error":
		if !r.calls[c.ToolCallID] {
			return fmt.Errorf("an output of %s, which has no input", c.ToolCallID)
		}
	}
	if kind == "tool" && what != "input-delta" && !c.Dynamic {
		return fmt.Errorf("%s of %s is not dynamic", c.Type, c.ToolCallID)
	}
	return nil
}

// chunks turns UI events into chunks, and fails where the AI SDK would.
func chunks(t testing.TB, events []uistream.Event) []uistream.Chunk {
	t.Helper()
	return chunksOf(t, uistream.AISDK{}, events)
}

func chunksOf(t testing.TB, ai uistream.AISDK, events []uistream.Event) []uistream.Chunk {
	t.Helper()
	var reader chunkReader
	var out []uistream.Chunk
	for _, e := range events {
		for _, c := range ai.Chunks(e.Data) {
			out = append(out, c)
			if err := reader.read(c); err != nil {
				t.Fatalf("%s: %v\n%s", e.ID, err, encode(t, out))
			}
		}
	}
	return out
}

// briefChunks writes chunks without what starts and blocks say of themselves.
func briefChunks(chunks []uistream.Chunk) []string {
	var out []string
	for _, c := range chunks {
		line := []string{c.Type, c.ID, c.ToolCallID, c.ToolName, c.Delta, c.InputTextDelta, string(c.Output), c.ErrorText, c.URL, c.SourceID,
			c.FinishReason}
		if c.ProviderExecuted != nil {
			line = append(line, fmt.Sprint("elsewhere=", *c.ProviderExecuted))
		}
		if b, ok := c.Data.(uistream.ChunkBlock); ok {
			line = append(line, b.Status)
		}
		out = append(out, strings.Join(strings.Fields(strings.Join(line, " ")), " "))
	}
	return out
}

// TestAISDK shows the chunks of whole turns.
func TestAISDK(t *testing.T) {
	t.Parallel()
	hidden := func(i openapi.Item) openapi.Item { i.Audience = openapi.AudienceModel; return i }
	aside := step("s", "next-message", "stream")
	aside.Thread = "side"
	silent := step("q", "next-message", "stream")
	silent.OutputToChat = new(false)
	cases := map[string]struct {
		log  []openapi.EventData
		want []string
	}{
		"steps begin after the answers": {
			[]openapi.EventData{
				step("s", "next-message", "hidden"), completed(says("a", text("1"))), completed(calls("b", "c1", "ls", "")), completed(calls("d", "c2", "ls", "")),
				completed(gave("e", "c2", "x")), completed(says("f", text("2"))), failed(gave("g", "c1", "y")), completed(says("h", text("3"))),
				completed(calls("i", "c3", "ls", "")), completed(gave("j", "c3", "z")), completed(calls("k", "c4", "ls", "")), done,
			},
			[]string{
				"start", "start-step", "text-start a", "text-delta a 1", "text-end a", "tool-input-start c1 ls", "tool-input-available c1 ls elsewhere=true",
				"tool-input-start c2 ls", "tool-input-available c2 ls elsewhere=true", `tool-output-available c2 "x"`,
				"text-start f", "text-delta f 2", "text-end f", "tool-output-error c1 y", "finish-step",
				"start-step", "text-start h", "text-delta h 3", "text-end h", "tool-input-start c3 ls", "tool-input-available c3 ls elsewhere=true",
				`tool-output-available c3 "z"`, "finish-step",
				"start-step", "tool-input-start c4 ls", "tool-input-available c4 ls elsewhere=true", `tool-output-available c4 ""`, "finish-step", "finish stop",
			},
		},
		"hidden calls are asked for all the same": {
			[]openapi.EventData{step("s", "tool-call", "hidden"), completed(hidden(calls("a", "c1", "ask", "{}"))), requested("c1", "a"), resolved("c1", "1"), done},
			[]string{
				"start", "start-step", "tool-input-available c1 ask elsewhere=false", "finish-step", "finish tool-calls",
				"start", "start-step", "finish-step", "finish stop",
			},
		},
		"a text that goes on in the next response": {
			[]openapi.EventData{step("s", "next-message", "name"), started(says("a")), completed(calls("b", "c1", "ask", "{}")), delta("a", "1"),
				requested("c1", "b"), delta("a", "2"), resolved("c1", "1"), completed(says("a", text("12"))), openapi.BlockEndedData{BlockID: "s"}, done},
			[]string{
				"start", "start-step", "data-block s running", "tool-input-start c1 ask", "tool-input-delta c1 {}", "tool-input-available c1 ask elsewhere=true",
				"text-start a", "text-delta a 1", "tool-input-available c1 ask elsewhere=false", "text-end a", "finish-step", "finish tool-calls",
				"start", "start-step", "text-start a", "text-delta a 2", "text-end a", "data-block s done", "finish-step", "finish stop",
			},
		},
		"an input that goes on in the next response": {
			[]openapi.EventData{step("s", "next-message", "hidden"), completed(hidden(calls("a", "c1", "ask", "{}"))), started(calls("b", "c2", "ls", "{}")),
				partDelta("b", openapi.DeltaPartToolInput, `{`), requested("c1", "a"), partDelta("b", openapi.DeltaPartToolInput, `}`),
				completed(calls("b", "c2", "ls", "{}")), completed(gave("d", "c2", "x")), done},
			[]string{
				"start", "start-step", "tool-input-start c2 ls", "tool-input-delta c2 {", "tool-input-available c1 ask elsewhere=false", "finish-step", "finish tool-calls",
				"start", "start-step", "tool-input-available c2 ls elsewhere=true", `tool-output-available c2 "x"`, "finish-step", "finish stop",
			},
		},
		"other threads": {
			[]openapi.EventData{aside, completed(says("a", thought("hm"), text("1"))), completed(calls("b", "c1", "ls", "")), openapi.BlockEndedData{BlockID: "s"},
				silent, completed(says("d", thought("ho"), text("2"))), openapi.BlockEndedData{BlockID: "q"}, step("r", "next-message", "hidden"), completed(says("e", text("3"))), done},
			[]string{
				"start", "start-step", "data-block s running", "tool-input-start c1 ls", "tool-input-available c1 ls elsewhere=true", "data-block s done",
				"data-block q running", "reasoning-start d/reasoning", "reasoning-delta d/reasoning ho", "reasoning-end d/reasoning", "data-block q done",
				"text-start e", "text-delta e 3", "text-end e", `tool-output-available c1 ""`, "finish-step", "finish stop",
			},
		},
		"resources and pictures": {
			[]openapi.EventData{step("s", "next-message", "hidden"), openapi.ResourceUpdatedData{Name: "R", Value: []byte("null")},
				completed(says("a", openapi.ImagePart{Path: "/x.png", Mime: new("image/png")})), done},
			[]string{"start", "start-step", "data-resource R", "file file:///x.png", "finish-step", "finish stop"},
		},
		"a failure": {
			[]openapi.EventData{started(says("a")), delta("a", "1"), openapi.ErrorData{Message: "no"}, ended(openapi.TurnStatusFailed)},
			[]string{"start", "start-step", "data-block t1-output running", "text-start a", "text-delta a 1", "text-end a", "data-block t1-output done",
				"finish-step", "error no"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := turn(t, c.log...)
			for _, e := range l.events {
				if _, ok := e.Data.(openapi.ToolRequestedData); ok {
					l.suspends[e.Sequence] = true
				}
			}
			same(t, briefChunks(chunks(t, legs(l, "t1"))), c.want)
		})
	}
}

// TestAISDKHoldsCalls of the client's tools until they are made: each is told in one response alone, in which nobody else has
// executed it. What became of a call that never was made is told, too.
func TestAISDKHoldsCalls(t *testing.T) {
	t.Parallel()
	l := turn(t,
		step("s", "next-message", "hidden"), completed(calls("a", "c1", "ask", "{}")), completed(calls("b", "c2", "ask", "{}")),
		completed(calls("d", "c3", "ask", "{}")), completed(calls("e", "c4", "ls", "{}")), requested("c1", "a"), // 7
		resolved("c1", "1"), failed(gave("f", "c3", "denied")), requested("c2", "b"), // 10
		resolved("c2", "2"), completed(gave("g", "c4", "x")), completed(says("h", text("3"))), done,
	)
	l.suspends[7], l.suspends[10] = true, true
	want := []string{
		"start", "start-step", "tool-input-start c4 ls", "tool-input-delta c4 {}", "tool-input-available c4 ls elsewhere=true",
		"tool-input-start c1 ask", "tool-input-available c1 ask elsewhere=false", "finish-step", "finish tool-calls",
		"start", "start-step", "tool-input-start c3 ask", "tool-input-available c3 ask elsewhere=true", "tool-output-error c3 denied", "finish-step",
		"start-step", "tool-input-start c2 ask", "tool-input-available c2 ask elsewhere=false", "finish-step", "finish tool-calls",
		"start", "start-step", `tool-output-available c4 "x"`, "text-start h", "text-delta h 3", "text-end h", "finish-step", "finish stop",
	}
	same(t, briefChunks(chunksOf(t, uistream.AISDK{ClientTools: []string{"ask"}}, legs(l, "t1"))), want)
}

// TestAISDKSources shows what no log gives yet.
func TestAISDKSources(t *testing.T) {
	t.Parallel()
	var ai uistream.AISDK
	got := ai.Chunks(openapi.UIEvent{Type: "source", SourceType: "url", ID: "s", URL: "u", Title: "t"})
	got = append(got, ai.Chunks(openapi.UIEvent{Type: "source", SourceType: "document", ID: "d", MediaType: "m", Title: "t", Filename: "f"})...)
	got = append(got, ai.Chunks(openapi.UIEvent{Type: "unheard-of"})...)
	const want = `[{"type":"start-step"},{"type":"source-url","title":"t","url":"u","sourceId":"s"},` +
		`{"type":"source-document","title":"t","mediaType":"m","filename":"f","sourceId":"d"}]`
	if encode(t, got) != want {
		t.Errorf("the chunks are\n%s\nwant\n%s", encode(t, got), want)
	}
}

// TestAISDKResumes holds that a stream which is resumed in mid-response goes on as it would have.
func TestAISDKResumes(t *testing.T) {
	t.Parallel()
	for _, l := range logs(t) {
		for _, turn := range turns(l) {
			events := all(uistream.New(turn, uistream.Options{}), l)
			whole := chunks(t, events)
			for i, cut := range events {
				var ai uistream.AISDK
				var before, rest []uistream.Chunk
				s := uistream.New(turn, uistream.Options{
					After: cut.ID, Skipped: func(u openapi.UIEvent) { before = append(before, ai.Chunks(u)...) },
				})
				for _, e := range l.events {
					for _, u := range s.Event(e) {
						rest = append(rest, ai.Chunks(u.Data)...)
					}
				}
				if got, want := encode(t, append(before, rest...)), encode(t, whole); got != want {
					t.Fatalf("cut after event %d, %s, it is\n%s\nwant\n%s", i, cut.ID, got, want)
				}
			}
		}
	}
}
