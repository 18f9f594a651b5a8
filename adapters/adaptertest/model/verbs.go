package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// verbs are the instructions: each makes acts of the rest of its line.
var verbs = map[string]func(rest string) ([]any, error){
	"say":   func(s string) ([]any, error) { return one(say(unescape(s))) },
	"think": func(s string) ([]any, error) { return one(spoken{thinking: true, pieces: halves(unescape(s))}) },
	"reason": func(s string) ([]any, error) {
		return one(spoken{thinking: true, raw: true, pieces: halves(unescape(s))})
	},
	"run":      func(s string) ([]any, error) { return one(call{verb: "run", text: s}) },
	"escalate": func(s string) ([]any, error) { return one(call{verb: "run", text: s, escalate: true}) },
	"read":     func(s string) ([]any, error) { return one(call{verb: "read", path: s}) },
	"plan":     func(s string) ([]any, error) { return one(call{verb: "plan", text: unescape(s)}) },
	"result":   func(string) ([]any, error) { return one(echo{}) },
	"hang":     func(string) ([]any, error) { return one(hang{}) },
	"cut":      cutOff,
	"write":    write,
	"edit":     edit,
	"ask":      ask,
	"tool":     tool,
	"slow":     slow,
	"burst":    burst,
	"big":      big,
	"usage":    tokens,
	"error":    fail,
}

func isCall(verb string) bool {
	switch verb {
	case "run", "escalate", "write", "read", "edit", "ask", "plan", "tool":
		return true
	}
	return false
}

// acts of a step that makes no sense say so: a test that misspells a line must not wait for something else.
func (s step) acts() []any {
	build, known := verbs[s.verb]
	if !known {
		return []any{say("unknown instruction: " + s.verb + " " + s.rest)}
	}
	acts, err := build(s.rest)
	if err != nil {
		return []any{say(fmt.Sprintf("bad instruction: %s %s: %v", s.verb, s.rest, err))}
	}
	return acts
}

func one(act any) ([]any, error) { return []any{act}, nil }

func write(rest string) ([]any, error) {
	path, content, _ := strings.Cut(rest, " ")
	return one(call{verb: "write", path: path, text: unescape(content)})
}

func edit(rest string) ([]any, error) {
	path, change, _ := strings.Cut(rest, " ")
	from, to, ok := strings.Cut(change, " => ")
	if !ok {
		return nil, errors.New("no \" => \"")
	}
	return one(call{verb: "edit", path: path, old: unescape(from), new: unescape(to)})
}

func ask(rest string) ([]any, error) {
	var questions []question
	for part := range strings.SplitSeq(rest, " ;; ") {
		fields := strings.Split(unescape(part), "|")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		q := question{options: fields[1:]}
		q.text, q.multi = strings.CutPrefix(fields[0], "multi ")
		questions = append(questions, q)
	}
	return one(call{verb: "ask", questions: questions})
}

func tool(rest string) ([]any, error) {
	name, input, _ := strings.Cut(rest, " ")
	if input == "" {
		input = "{}"
	}
	if !json.Valid([]byte(input)) {
		return nil, errors.New("the input is not JSON")
	}
	return one(call{verb: "tool", name: name, input: json.RawMessage(input)})
}

func slow(rest string) ([]any, error) {
	n, err := numbers(rest, 2, 2)
	if err != nil {
		return nil, err
	}
	return one(spoken{pieces: repeat(n[0], func(i int) string { return fmt.Sprintf("tick%d ", i+1) }), pause: time.Duration(n[1]) * time.Millisecond})
}

func burst(rest string) ([]any, error) {
	n, err := numbers(rest, 1, 1)
	if err != nil {
		return nil, err
	}
	return one(spoken{pieces: repeat(n[0], func(i int) string { return strconv.Itoa(i+1) + " " })})
}

func big(rest string) ([]any, error) {
	n, err := numbers(rest, 1, 1)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for i := 0; text.Len() < n[0]; i++ {
		fmt.Fprintf(&text, "%07d ", i)
	}
	return one(spoken{pieces: []string{text.String()[:n[0]]}})
}

func tokens(rest string) ([]any, error) {
	n, err := numbers(rest, 2, 4)
	if err != nil {
		return nil, err
	}
	n = append(n, 0, 0)
	return one(usage{input: n[0], output: n[1], cached: n[2], reasoning: n[3]})
}

func fail(rest string) ([]any, error) {
	code, text, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil {
		return nil, err
	}
	times, text := limit(text)
	return one(failure{status: status, times: times, text: text})
}

func cutOff(rest string) ([]any, error) {
	times, text := limit(rest)
	return one(cut{times: times, text: text})
}

// limit takes "x3 " from the beginning of a text.
func limit(rest string) (times int, text string) {
	first, after, _ := strings.Cut(rest, " ")
	if count, ok := strings.CutPrefix(first, "x"); ok {
		if n, err := strconv.Atoi(count); err == nil {
			return n, unescape(after)
		}
	}
	return 0, unescape(rest)
}

func numbers(rest string, least, most int) ([]int, error) {
	fields := strings.Fields(rest)
	if len(fields) < least || len(fields) > most {
		return nil, fmt.Errorf("%d to %d numbers are needed", least, most)
	}
	out := make([]int, 0, most)
	for _, f := range fields {
		n, err := strconv.Atoi(f)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is no count", f)
		}
		out = append(out, n)
	}
	return out, nil
}
