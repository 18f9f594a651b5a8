package mock

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"unicode"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// CheckTrigger implements adapters.Triggerer: there is one trigger, and it says something.
func (*Adapter) CheckTrigger(_ context.Context, _ adapters.Options, t openapi.TurnTrigger) error {
	if t.Name != "user-message" {
		return &adapters.OptionError{Option: "triggerName", Reason: "unknown trigger: " + t.Name}
	}
	if strings.TrimSpace(userMessage(t)) == "" {
		return &adapters.OptionError{Option: "input/USER_MESSAGE", Reason: "a text is required"}
	}
	return nil
}

func userMessage(t openapi.TurnTrigger) string {
	text, _ := t.Input["USER_MESSAGE"].(string)
	return text
}

// trigger is a trigger that is being answered.
type trigger struct {
	prefix  string // begins the native ids of all that is said
	number  int    // of the turn in its session
	results map[string]adapters.ToolResult
	history func(context.Context, uint64) iter.Seq2[openapi.Event, error] // nil = nothing is known
}

// words choose what a trigger is answered with, by its first word. They are no commands of messages, whose scripts stay as they
// are. Nil says that the rest does not fit, and the text is echoed.
var words = map[string]func(t trigger, rest string) script{
	"echo":     withText(trigger.echo),
	"count":    alone(trigger.count),
	"think":    withText(trigger.think),
	"resource": withText(trigger.resource),
	"call":     trigger.callTools,
	"chain":    withText(trigger.chainTools),
	"fail":     alone(trigger.fail),
	"slow":     func(t trigger, rest string) script { return slow(t.prefix, strings.Fields(rest)) },
}

func withText(f func(trigger, string) script) func(trigger, string) script {
	return func(t trigger, rest string) script {
		if rest == "" {
			return nil
		}
		return f(t, rest)
	}
}

func alone(f func(trigger) script) func(trigger, string) script {
	return func(t trigger, rest string) script {
		if rest != "" {
			return nil
		}
		return f(t)
	}
}

// script finds the script of a trigger's text.
func (t trigger) script(text string) script {
	text = strings.TrimSpace(text)
	word, rest := cutWord(text)
	if f, ok := words[word]; ok {
		if s := f(t, rest); s != nil {
			return s
		}
	}
	return t.echo(text)
}

// cutWord takes the first word off a text, in lower case.
func cutWord(text string) (word, rest string) {
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		text, rest = text[:i], strings.TrimSpace(text[i:])
	}
	return strings.ToLower(text), rest
}

// choose finds the script of a turn.
func (a *agent) choose(in adapters.Input) script {
	prefix := fmt.Sprintf("mock_%d", in.Number)
	if in.Trigger == nil {
		return choose(prefix, in.Text)
	}
	return trigger{prefix, in.Number, in.Results, a.history}.script(userMessage(*in.Trigger))
}
