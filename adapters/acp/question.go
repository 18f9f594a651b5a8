package acp

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// askForm asks the user what the agent wants to know.
func (t *turn) askForm(id json.RawMessage, params, raw []byte) error {
	var e elicitation
	if decode(params, &e) != nil || e.Mode == "url" {
		t.conn.Refuse(id, jsonrpc.CodeInvalidParams, "only forms can be asked here")
		return nil
	}
	f := readForm(params)
	pending, err := t.host.AskQuestion(questionRequest(t.requestID("question"), f, raw))
	if err != nil {
		return err
	}
	ask(t, id, pending, object{"action": "cancel"}, func(reply adapters.QuestionReply) any { return f.answer(reply) })
	return nil
}

func questionRequest(id string, f form, raw []byte) adapters.QuestionRequest {
	return adapters.QuestionRequest{ID: id, Questions: f.questions(), Raw: raw}
}

// questions are the form's fields as questions. A form without any only wants to be agreed to.
func (f form) questions() []openapi.QuestionDetail {
	if len(f.fields) == 0 {
		yesNo := field{Type: "boolean"}
		return []openapi.QuestionDetail{yesNo.question(cmp.Or(f.message, "May the agent go on?"), true)}
	}
	details := make([]openapi.QuestionDetail, len(f.fields))
	for i, one := range f.fields {
		details[i] = one.question(f.message, len(f.fields) == 1)
	}
	if first := &details[0]; f.message != "" && !strings.Contains(first.Question, f.message) {
		first.Question = f.message + "\n\n" + first.Question
	}
	return details
}

// question is a field as a question. Which of the title and the description asks differs between agents: the longer one does.
// Where a form has but one field with only one of them, the form's message asks.
func (f field) question(message string, only bool) openapi.QuestionDetail {
	d := openapi.QuestionDetail{MultiSelect: f.Type == "array", Options: []openapi.QuestionOption{}}
	d.Header, d.Question = f.Title, f.Description
	if len(d.Header) > len(d.Question) {
		d.Header, d.Question = d.Question, d.Header
	}
	if only && message != "" && (d.Header == "" || d.Header == d.Question) {
		d.Header, d.Question = d.Question, message
	}
	if d.Question == "" {
		d.Question = f.name
	}
	for _, o := range f.options() {
		d.Options = append(d.Options, openapi.QuestionOption{Label: o.Title, Description: o.Description})
	}
	return d
}

// answer is the reply as the agent takes it. Who leaves out what must be answered does not answer.
func (f form) answer(reply adapters.QuestionReply) object {
	if reply.Rejected || len(f.fields) == 0 && slices.Equal(slices.Concat(reply.Answers...), []string{"no"}) {
		return object{"action": "decline"}
	}
	content := object{}
	for i, one := range f.fields {
		if i < len(reply.Answers) && len(reply.Answers[i]) > 0 {
			f.put(content, one, reply.Answers[i])
		}
	}
	for name := range f.must {
		if _, ok := content[name]; !ok {
			return object{"action": "decline"}
		}
	}
	return object{"action": "accept", "content": content}
}

// put writes an answer into the content: options as their values, own words into the field that is there for them.
func (f form) put(content object, one field, answer []string) {
	var values []string
	var own []string
	for _, a := range answer {
		if value, ok := one.value(a); ok {
			values = append(values, value)
		} else {
			own = append(own, a)
		}
	}
	note := f.note[one.name]
	if len(own) > 0 && note != "" {
		content[note] = strings.Join(own, ", ")
	}
	if note == "" || len(values) == 0 && f.must[one.name] {
		values = append(values, own...)
	}
	if len(values) > 0 {
		content[one.name] = one.typed(values)
	}
}

// value is the value of the option that an answer names.
func (f field) value(answer string) (string, bool) {
	for _, o := range f.options() {
		if answer == o.Title || answer == o.Const {
			return o.Const, true
		}
	}
	return "", false
}

// typed gives values their type. What cannot be read as it stays a text: the agent then says what is wrong with it.
func (f field) typed(values []string) any {
	text := strings.Join(values, ", ")
	switch f.Type {
	case "array":
		return values
	case "boolean":
		if b, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
			return b
		}
	case "integer", "number":
		if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return text
}
