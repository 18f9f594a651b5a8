package model

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func user(texts ...string) Message {
	m := Message{Role: "user"}
	for _, t := range texts {
		m.Parts = append(m.Parts, Part{Kind: "text", Text: t})
	}
	return m
}

func called(tools ...string) Message {
	m := Message{Role: "assistant", Parts: []Part{{Kind: "text", Text: "run nothing"}}}
	for _, t := range tools {
		m.Parts = append(m.Parts, Part{Kind: "tool_use", Name: t, Text: "{}"})
	}
	return m
}

func answered(text string, more ...string) Message {
	m := user(more...)
	m.Parts = append([]Part{{Kind: "tool_result", Text: text}}, m.Parts...)
	return m
}

func said(text string) Message {
	return Message{Role: "assistant", Parts: []Part{{Kind: "text", Text: text}}}
}

const reminder = "<system-reminder>\nsay nothing\n</system-reminder>"

func TestNext(t *testing.T) {
	script := user("say a\nrun b\nsay c\nrun d\nand read e\nsay f")
	for name, c := range map[string]struct {
		messages []Message
		want     string // the steps, or "" for unscripted
		result   string
	}{
		"begin":                  {[]Message{script}, "say a, run b", ""},
		"after a call":           {[]Message{script, called("Bash"), answered("B")}, "say c, run d, and read e", "B"},
		"after two at once":      {[]Message{script, called("Bash"), answered("B"), called("Bash", "Read"), answered("D")}, "say f", "D"},
		"after its end":          {[]Message{user("run b"), called("Bash"), answered("B")}, "result ", "B"},
		"a later turn":           {[]Message{script, called("Bash"), answered("B"), user("say new")}, "say new", ""},
		"reminders":              {[]Message{user(reminder, "say a", reminder)}, "say a", ""},
		"reminder in the text":   {[]Message{user(reminder + "say a")}, "say a", ""},
		"reminder at a result":   {[]Message{user("run b\nsay c"), called("Bash"), answered("B", reminder)}, "say c", "B"},
		"environment in between": {[]Message{user("run b\nsay c"), {Role: "system", Parts: user("say env").Parts}, called("Bash"), answered("B")}, "say c", "B"},
		"failed turn before":     {[]Message{user("error 500 x", "say a")}, "say a", ""},
		"interrupted before":     {[]Message{user("slow 9 9"), said("tick1 "), user("[Request interrupted by user]", "say a")}, "say a", ""},
		"cut in a stream":        {[]Message{user("say a\nrun b"), said("a"), user("Your response above was cut off mid-stream. Resume")}, "say a, run b", ""},
		"a notification":         {[]Message{user("say a"), said("a"), user(reminder)}, "", ""},
		"talk":                   {[]Message{user("say a"), said("a"), user("hello there\nsay a")}, "", ""},
		"talk about a script":    {[]Message{user("Write a title for: say a")}, "", ""},
		"nothing":                {nil, "", ""},
		"only the assistant":     {[]Message{said("say a")}, "", ""},
	} {
		got, ok := next(c.messages)
		if show(got.steps) != c.want || ok != (c.want != "") || got.result != c.result {
			t.Errorf("%s: got %q, %v, result %q", name, show(got.steps), ok, got.result)
		}
	}
}

func show(steps []step) string {
	var out []string
	for _, s := range steps {
		text := s.verb + " " + s.rest
		if s.joined {
			text = "and " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestPlaceIsTheSameForATryAgain(t *testing.T) {
	first, _ := next([]Message{user("say a\nerror 500 x1 b")})
	again, _ := next([]Message{user("say a\nerror 500 x1 b"), said("a"), user("Your response above was cut off mid-stream.")})
	later, _ := next([]Message{user("say a\nerror 500 x1 b", "say a\nerror 500 x1 b")})
	if first.place != again.place || first.place == later.place {
		t.Errorf("places: %q, again %q, later %q", first.place, again.place, later.place)
	}
}

func TestActs(t *testing.T) {
	for line, want := range map[string]any{
		`say a\nb`:                   spoken{pieces: []string{"a", "\nb"}},
		"say ü":                      spoken{pieces: []string{"ü"}},
		"say":                        spoken{pieces: []string{""}},
		"think ab":                   spoken{thinking: true, pieces: []string{"a", "b"}},
		`run printf 'a\nb'`:          call{verb: "run", text: `printf 'a\nb'`},
		`write /x/y one\ntwo`:        call{verb: "write", path: "/x/y", text: "one\ntwo"},
		"reason ab":                  spoken{thinking: true, raw: true, pieces: []string{"a", "b"}},
		"escalate touch x":           call{verb: "run", text: "touch x", escalate: true},
		"usage 1 2 3 4":              usage{input: 1, output: 2, cached: 3, reasoning: 4},
		"read /x":                    call{verb: "read", path: "/x"},
		"edit /x a b => c => d":      call{verb: "edit", path: "/x", old: "a b", new: "c => d"},
		`plan # P\n1`:                call{verb: "plan", text: "# P\n1"},
		`tool T {"a":1}`:             call{verb: "tool", name: "T", input: []byte(`{"a":1}`)},
		"tool T":                     call{verb: "tool", name: "T", input: []byte(`{}`)},
		"ask Q? | A | B":             call{verb: "ask", questions: []question{{"Q?", []string{"A", "B"}, false}}},
		"ask multi Q?|A ;; R? | C|D": call{verb: "ask", questions: []question{{"Q?", []string{"A"}, true}, {"R?", []string{"C", "D"}, false}}},
		"slow 2 30":                  spoken{pieces: []string{"tick1 ", "tick2 "}, pause: 30 * time.Millisecond},
		"burst 2":                    spoken{pieces: []string{"1 ", "2 "}},
		"big 18":                     spoken{pieces: []string{"0000000 0000001 00"}},
		"usage 1 2":                  usage{input: 1, output: 2},
		"usage 1 2 3":                usage{input: 1, output: 2, cached: 3},
		"error 529 x2 too much":      failure{status: 529, times: 2, text: "too much"},
		"error 401 xylophone":        failure{status: 401, text: "xylophone"},
		"error 500":                  failure{status: 500},
		"cut x1 some":                cut{times: 1, text: "some"},
		"cut some":                   cut{text: "some"},
		"hang":                       hang{},
		"result":                     echo{},
	} {
		got := parse(line)[0].acts()
		if len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("%s: got %+v, want %+v", line, got, want)
		}
	}
}

func TestBadInstructionsSaySo(t *testing.T) {
	for _, line := range []string{"slow 1", "slow a b", "burst", "burst -1", "big x", "usage 1", "error no", "edit /x a", "tool T {", "nonsense x"} {
		steps := parse("say first\n" + line)
		text := strings.Join(steps[1].acts()[0].(spoken).pieces, "")
		if !strings.HasPrefix(text, "bad instruction: "+line) && text != "unknown instruction: "+line {
			t.Errorf("%s: %s", line, text)
		}
	}
}
