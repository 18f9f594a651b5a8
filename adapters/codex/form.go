package codex

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// form is what a server of tools wants to be told: fields of simple types. Without fields it asks for consent.
type form []field

// field is one field of a form. Choices are its values by what people read.
type field struct {
	name, title, kind string // kind: string, boolean, number, integer or array
	choices           []choice
	required          bool
}

type choice struct{ value, label string }

// questions are the form as questions; the message stands before the first.
func (f form) questions(message string) []openapi.QuestionDetail {
	if len(f) == 0 {
		f = form{{choices: []choice{{label: approve}, {label: reject}}}}
	}
	var all []openapi.QuestionDetail
	for i, one := range f {
		text := one.title
		if i == 0 {
			text = strings.TrimSpace(message + "\n\n" + text)
		}
		d := openapi.QuestionDetail{
			Question: cmp.Or(text, "?"), Header: one.name, MultiSelect: one.kind == "array", Options: []openapi.QuestionOption{},
		}
		for _, c := range one.choices {
			d.Options = append(d.Options, openapi.QuestionOption{Label: c.label})
		}
		all = append(all, d)
	}
	return all
}

// filled is the answer to a form. One that lacks a field which has to be there, or has something else in it than its type
// says, is declined: the server would be told something that nobody has said.
func (f form) filled(reply adapters.QuestionReply) elicited {
	if reply.Rejected || len(f) == 0 && !consents(reply.Answers) {
		return declined
	}
	content := map[string]any{}
	for i, one := range f {
		var said []string
		if i < len(reply.Answers) {
			said = reply.Answers[i]
		}
		value, ok := one.value(said)
		if !ok {
			return declined
		}
		if value != nil {
			content[one.name] = value
		}
	}
	return elicited{Action: "accept", Content: content}
}

func consents(said [][]string) bool {
	return len(said) > 0 && len(said[0]) > 0 && strings.EqualFold(said[0][0], approve)
}

// value is what was said of a field, as its type has it; nil when nothing was said.
func (f field) value(said []string) (value any, ok bool) {
	if len(said) == 0 {
		return nil, !f.required
	}
	values := make([]string, len(said))
	for i, text := range said {
		values[i] = f.chosen(text)
	}
	var err error
	switch f.kind {
	case "array":
		value = values
	case "boolean":
		value, err = strconv.ParseBool(values[0])
	case "integer":
		value, err = strconv.ParseInt(values[0], 10, 64)
	case "number":
		return number(values[0])
	default:
		value = values[0]
	}
	return value, err == nil
}

// number reads a number that JSON has.
func number(text string) (value any, ok bool) {
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// chosen is the value of a choice; what is none stands for itself.
func (f field) chosen(said string) string {
	for _, c := range f.choices {
		if strings.EqualFold(c.label, said) {
			return c.value
		}
	}
	return said
}
