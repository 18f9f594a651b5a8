package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// step is one line of a script.
type step struct {
	verb, rest string
	joined     bool // a call in the same response as the one before it
}

// script is what a request asks for: the steps of this one response.
type script struct {
	steps  []step
	place  string // tells this response from the others of its conversation; the same when a client tries again
	result string // the text of the last tool result
}

// reminders are texts that agents add to the user's own.
var reminders = regexp.MustCompile(`(?s)<system-reminder>.*?</system-reminder>`)

// asides begin texts that agents write in the user's name.
var asides = []string{
	"[Request interrupted",                        // in the place of an answer
	"Your response above was cut off mid-stream.", // after an error in a stream
	"# AGENTS.md instructions",                    // before the first text
	"[System: ",                                   // after an answer without a text
}

func isAside(text string) bool {
	return isEnveloped(text) || slices.ContainsFunc(asides, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// envelope is the tag that begins a text.
var envelope = regexp.MustCompile(`^<([a-z_]+)[^>]*>`)

// isEnveloped tells a text that stands in one tag as a whole, as <environment_context>…</environment_context>. A
// system-reminder, with its hyphen, is no such tag: one that comes alone begins something new.
func isEnveloped(text string) bool {
	text = strings.TrimSpace(text)
	tag := envelope.FindStringSubmatch(text)
	return tag != nil && strings.HasSuffix(text, "</"+tag[1]+">")
}

// next finds the script of a conversation and the steps that are due. It reports false when there is none.
func next(messages []Message) (script, bool) {
	at := len(messages) - 1
	for at >= 0 && !isInput(messages[at]) {
		at--
	}
	if at < 0 {
		return script{}, false
	}
	var steps []step
	part := 0
	for i, p := range messages[at].Parts {
		// Several texts are here when an earlier turn failed or was interrupted: the last one is the new one.
		if found := parse(userText(p)); found != nil {
			steps, part = found, i
		}
	}
	if steps == nil {
		return script{}, false
	}
	calls, result := progress(messages[at+1:])
	return script{steps: due(steps, calls), result: result, place: fmt.Sprint(at, part, calls)}, true
}

// isInput tells a message in which the user, or the agent by itself, starts something new from one that goes on.
func isInput(m Message) bool {
	goesOn := m.Role != "user"
	for _, p := range m.Parts {
		if m.Role == "user" && userText(p) != "" {
			return true
		}
		goesOn = goesOn || p.Kind == "tool_result" || isAside(p.Text)
	}
	return !goesOn
}

// userText is what the user says in a part.
func userText(p Part) string {
	if p.Kind != "text" || isAside(p.Text) {
		return ""
	}
	return strings.TrimSpace(reminders.ReplaceAllString(p.Text, ""))
}

func progress(messages []Message) (calls int, result string) {
	for _, m := range messages {
		for _, p := range m.Parts {
			switch p.Kind {
			case "tool_use":
				calls++
			case "tool_result":
				result = p.Text
			}
		}
	}
	return calls, result
}

// parse returns nil when the text does not begin with an instruction.
func parse(text string) []step {
	var steps []step
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		s := step{}
		line, s.joined = strings.CutPrefix(line, "and ")
		s.verb, s.rest, _ = strings.Cut(line, " ")
		if len(steps) == 0 && verbs[s.verb] == nil {
			return nil
		}
		steps = append(steps, s)
	}
	return steps
}

// due are the steps after the given number of calls, up to and with the next call and those joined to it.
func due(steps []step, calls int) []step {
	begin := 0
	for ; begin < len(steps) && calls > 0; begin++ {
		if isCall(steps[begin].verb) {
			calls--
		}
	}
	if begin == len(steps) {
		return []step{{verb: "result"}}
	}
	end := begin
	for ; end < len(steps); end++ {
		if end > begin && isCall(steps[end-1].verb) && !steps[end].joined {
			break
		}
	}
	return steps[begin:end]
}
